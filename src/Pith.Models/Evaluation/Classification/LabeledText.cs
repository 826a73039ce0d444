using Pith.Models.Bert;

namespace Pith.Models.Evaluation.Classification;

/// <summary>A text, or pair, and the label that is right for it.</summary>
/// <param name="Text">The text or pair.</param>
/// <param name="Label">Index of the label.</param>
/// <param name="Line">Line of the file, from 1.</param>
public sealed record LabeledText(TextPair Text, int Label, int Line);
