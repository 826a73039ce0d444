namespace Pith.Compress.Ratio.Law;

/// <summary>One measured model: how much of it is in low precision, and what that costs.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Parameters">Its parameters, N.</param>
/// <param name="Granularity">What may differ in precision.</param>
/// <param name="BlockSize">Numbers that share a scale in the low format, Q_b.</param>
/// <param name="Target">The ratio that was asked for: the same for every model, while the units reach it only nearly.</param>
/// <param name="Ratio">Parameters in low precision over those of all products with a weight, Q_r; 0 to 1.</param>
/// <param name="LossIncrease">Mean negative log likelihood minus that of the model as it is stored, ΔL, in nats a token; may be negative.</param>
public sealed record LawPoint(
    string Model, long Parameters, Granularity Granularity, int BlockSize, double Target, double Ratio, double LossIncrease)
{
    /// <summary>Relative increase of perplexity, Δppl = e^ΔL - 1, as a fraction.</summary>
    public double PerplexityIncrease => Math.Exp(LossIncrease) - 1;
}
