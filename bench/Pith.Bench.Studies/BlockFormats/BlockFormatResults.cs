namespace Pith.Bench.Studies.BlockFormats;

/// <summary>Everything the study found.</summary>
/// <param name="Models">The models.</param>
/// <param name="Formats">One row a model and format.</param>
/// <param name="Parts">The same with some operands rounded only.</param>
/// <param name="ScaleRules">The searched scale against the standard one.</param>
/// <param name="Layers">How large activations and weights are, layer by layer.</param>
internal sealed record BlockFormatResults(
    IReadOnlyList<ModelResult> Models,
    IReadOnlyList<FormatResult> Formats,
    IReadOnlyList<PartResult> Parts,
    IReadOnlyList<ScaleRuleCheck> ScaleRules,
    IReadOnlyList<LayerResult> Layers);
