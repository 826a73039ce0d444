namespace Pith.Models.Bert;

/// <summary>A text, or two that are read together.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text; null for none.</param>
public readonly record struct TextPair(string Text, string? Pair = null);
