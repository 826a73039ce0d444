namespace Pith.Models.Tokenizers.Pipeline;

/// <summary>The part of a tokenizer that turns one piece of split text into ids.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class TokenModel
{
    /// <summary>Appends the ids of one piece.</summary>
    /// <param name="piece">Text without unpaired surrogates; not empty.</param>
    /// <param name="ids">Where the ids go.</param>
    public abstract void Encode(ReadOnlySpan<char> piece, List<int> ids);
}
