namespace Pith.Models.Tokenizers;

/// <summary>One text, or two, with the special tokens around them.</summary>
/// <param name="Tokens">All token ids.</param>
/// <param name="Types">The segment of each token.</param>
/// <param name="Texts">The text to which each token belongs, 0 or 1; -1 for special tokens.</param>
/// <param name="IsTruncated">Whether a text lost its end.</param>
public sealed record FramedText(int[] Tokens, int[] Types, int[] Texts, bool IsTruncated);
