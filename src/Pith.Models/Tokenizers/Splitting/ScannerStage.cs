namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Splits by a well-known pattern whose matches cover the text.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ScannerStage : SplitStage
{
    private readonly WordScanner _scanner;

    /// <summary>Makes the stage.</summary>
    public ScannerStage(WordScanner scanner) => _scanner = scanner;

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, bool first, IPieceSink sink)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = _scanner.End(text, start);
            sink.Accept(text[start..end], first && start == 0);
            start = end;
        }
    }
}
