namespace Pith.Models.Bert;

/// <summary>What a head for tokens says of one word: what it says of the word's first token.</summary>
/// <param name="Word">The word.</param>
/// <param name="Label">Its label; null for a word which the model did not see, because it has no tokens or stands behind the longest text.</param>
/// <param name="Probability">The label's softmax; 0 where there is none.</param>
public sealed record WordTag(string Word, string? Label, float Probability);
