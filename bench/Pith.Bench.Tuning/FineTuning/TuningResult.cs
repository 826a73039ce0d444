namespace Pith.Bench.Tuning.FineTuning;

/// <summary>Perplexity of one model on the held-out text.</summary>
/// <param name="Model">The model that was started from.</param>
/// <param name="Seed">Seed of the order of the text; null where nothing was tuned.</param>
/// <param name="TunedAs">Name of the <see cref="TunedFormat"/> it was rounded to while it was tuned, <see cref="InFloats"/>, or null where
/// nothing was tuned.</param>
/// <param name="Format">Name of the <see cref="TunedFormat"/> it is measured in, or <see cref="InFloats"/>.</param>
/// <param name="Perplexity">Measured by the product on the model as it lies on the disk.</param>
internal sealed record TuningResult(string Model, int? Seed, string? TunedAs, string Format, double Perplexity)
{
    /// <summary>Nothing is rounded.</summary>
    public const string InFloats = "fp32";
}
