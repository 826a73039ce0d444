namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Runs pieces through one more stage.</summary>
internal sealed class ChainSink : IPieceSink
{
    private readonly SplitStage _stage;
    private readonly IPieceSink _next;

    /// <summary>Makes the link.</summary>
    public ChainSink(SplitStage stage, IPieceSink next)
    {
        _stage = stage;
        _next = next;
    }

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<char> piece, bool first)
    {
        if (!piece.IsEmpty)
            _stage.Split(piece, first, _next);
    }
}
