namespace Pith.Models.Evaluation.Classification;

/// <summary>How well a model finds one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Items">Texts for which it is right.</param>
/// <param name="Precision">Share of the texts it was given to for which it is right; 0 where it was never given.</param>
/// <param name="Recall">Share of the texts for which it is right that got it; 0 where there is none.</param>
/// <param name="F1">Their harmonic mean, 2 · hits / (given + right).</param>
public sealed record LabelResult(string Label, long Items, double Precision, double Recall, double F1);
