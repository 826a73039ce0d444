namespace Pith.Models.Tokenizers.Splitting;

/// <summary>A stretch of text that is a separator, or lies between separators.</summary>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="End">One past the last UTF-16 unit.</param>
/// <param name="IsSeparator">Whether it is a separator.</param>
internal readonly record struct Segment(int Start, int End, bool IsSeparator);
