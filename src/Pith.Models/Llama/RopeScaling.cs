namespace Pith.Models.Llama;

/// <summary>The <c>rope_scaling</c> object of a Hugging Face configuration.</summary>
/// <param name="Kind">Which variant.</param>
/// <param name="Factor">How many times longer the context is than the original one, ≥ 1.</param>
/// <param name="LowFrequencyFactor">Llama 3: wavelengths above original / this are divided by the factor.</param>
/// <param name="HighFrequencyFactor">Llama 3: wavelengths below original / this are kept.</param>
/// <param name="OriginalContext">Tokens of the first training; null where the configuration does not say.</param>
/// <param name="BetaFast">YaRN: rotations above which a dimension is kept.</param>
/// <param name="BetaSlow">YaRN: rotations below which a dimension is interpolated.</param>
/// <param name="AttentionFactor">YaRN: factor of cosines and sines; null for 0.1·ln(factor) + 1.</param>
public sealed record RopeScaling(
    RopeScalingKind Kind,
    double Factor = 1,
    double LowFrequencyFactor = 1,
    double HighFrequencyFactor = 4,
    int? OriginalContext = null,
    double BetaFast = 32,
    double BetaSlow = 1,
    double? AttentionFactor = null)
{
    /// <summary>No scaling.</summary>
    public static RopeScaling None { get; } = new(RopeScalingKind.None);
}
