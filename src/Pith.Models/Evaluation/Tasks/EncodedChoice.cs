namespace Pith.Models.Evaluation.Tasks;

/// <summary>A choice in tokens.</summary>
/// <param name="Tokens">Context and continuation.</param>
/// <param name="FirstScored">Index of the first token that is scored, at least 1.</param>
/// <param name="IsTruncated">Whether the context lost its beginning.</param>
internal sealed record EncodedChoice(int[] Tokens, int FirstScored, bool IsTruncated);
