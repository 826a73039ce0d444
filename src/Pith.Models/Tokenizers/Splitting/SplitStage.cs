namespace Pith.Models.Tokenizers.Splitting;

/// <summary>One stage of splitting a text into the pieces that a model encodes (a "pre-tokenizer").</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract class SplitStage
{
    /// <summary>Splits a text and sends its pieces on, in order.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="first">Whether the text starts the whole text.</param>
    /// <param name="sink">Where the pieces go.</param>
    public abstract void Split(ReadOnlySpan<char> text, bool first, IPieceSink sink);
}
