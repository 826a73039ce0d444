namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Writes spaces as U+2581 (▁), puts one before the text, and splits before each.</summary>
/// <remarks>Source: the Metaspace pre-tokenizer of Hugging Face's tokenizers. Thread-safe.</remarks>
internal sealed class MetaspaceStage : SplitStage
{
    private readonly char _replacement;
    private readonly MetaspacePrefix _prefix;
    private readonly RuneStage? _split;

    /// <summary>Makes the stage.</summary>
    /// <param name="replacement">What stands for a space.</param>
    /// <param name="prefix">When one is put before the text.</param>
    /// <param name="split">Whether the text is split before each.</param>
    public MetaspaceStage(char replacement, MetaspacePrefix prefix, bool split)
    {
        _replacement = replacement;
        _prefix = prefix;
        _split = split ? new RuneStage(rune => rune.Value == replacement, SplitBehavior.MergedWithNext) : null;
    }

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, bool first, IPieceSink sink)
    {
        var replaced = text.ToString().Replace(' ', _replacement);
        var prefixed = _prefix == MetaspacePrefix.Always || (_prefix == MetaspacePrefix.First && first);
        if (prefixed && replaced[0] != _replacement)
            replaced = _replacement + replaced;
        if (_split is null)
            sink.Accept(replaced, first);
        else
            _split.Split(replaced, first, sink);
    }
}
