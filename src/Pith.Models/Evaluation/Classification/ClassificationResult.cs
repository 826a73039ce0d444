namespace Pith.Models.Evaluation.Classification;

/// <summary>How well a model labels texts.</summary>
/// <param name="Items">Texts.</param>
/// <param name="Accuracy">Share that got the right label.</param>
/// <param name="MacroF1">Mean of the labels' F1, over those which are right or were given at least once.</param>
/// <param name="Labels">Every label by itself, in the model's order.</param>
/// <param name="Truncated">Texts which were longer than the model can read and lost their end.</param>
public sealed record ClassificationResult(
    int Items, Estimate Accuracy, Estimate MacroF1, IReadOnlyList<LabelResult> Labels, int Truncated);
