namespace Pith.Models.Tokenizers;

/// <summary>One part of a <see cref="TextFrame"/>: a special token, or the place of a text.</summary>
/// <param name="Token">The special token's id; null for the place of a text.</param>
/// <param name="Text">Which text stands here, 0 or 1; 0 for a special token.</param>
/// <param name="Type">The segment to which what stands here belongs, 0 or 1.</param>
public readonly record struct FramePart(int? Token, int Text, int Type);
