namespace Pith.Models.Bert;

/// <summary>What a head for tokens says of one token.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Text">The text which it stands for.</param>
/// <param name="Label">The label of the highest score; of equal ones the first.</param>
/// <param name="Probability">Its softmax.</param>
public sealed record TokenTag(int Token, string Text, string Label, float Probability);
