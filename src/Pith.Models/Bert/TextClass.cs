namespace Pith.Models.Bert;

/// <summary>What a head for texts says of a text, or of a pair.</summary>
/// <param name="Index">Index of the label of the highest score; of equal ones the first.</param>
/// <param name="Label">Its name.</param>
/// <param name="Scores">The score of each label, before any softmax.</param>
/// <param name="Probabilities">Softmax of the scores; 1 / (1 + e^-score) of each where several labels can be right at once, or where there is one alone.</param>
/// <param name="IsTruncated">Whether the text was longer than the model can read and lost its end.</param>
public sealed record TextClass(int Index, string Label, IReadOnlyList<float> Scores, IReadOnlyList<float> Probabilities, bool IsTruncated);
