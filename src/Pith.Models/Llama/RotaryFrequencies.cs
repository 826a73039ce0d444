namespace Pith.Models.Llama;

/// <summary>The angle which a position turns each pair of a head by, with the configuration's scaling.</summary>
/// <remarks>Computed in double precision, rounded to float once. Sources: arXiv 2104.09864 (base), arXiv 2306.15595 (linear), the NTK-aware
/// rule of Hugging Face transformers (dynamic), the Llama 3.1 reference code (llama3), arXiv 2309.00071 (YaRN). Dynamic scaling takes
/// the length of the text for the capacity of the session, so that all keys and queries of a session are turned by one base.
/// Immutable, hence thread-safe.</remarks>
public sealed class RotaryFrequencies
{
    private readonly double[] radiansPerToken;
    private readonly double magnitude;

    /// <summary>Computes the frequencies.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="capacity">Tokens of the longest text, ≥ 1.</param>
    public RotaryFrequencies(LlamaConfig config, int capacity)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var scaling = config.RopeScaling;
        var width = config.HeadSize;
        var original = scaling.OriginalContext ?? config.ContextLength;
        radiansPerToken = scaling.Kind switch
        {
            RopeScalingKind.Linear => [.. Plain(width, config.RopeTheta).Select(frequency => frequency / scaling.Factor)],
            RopeScalingKind.Dynamic => Plain(width, DynamicTheta(config.RopeTheta, scaling.Factor, original, capacity, width)),
            RopeScalingKind.Llama3 => [.. Plain(width, config.RopeTheta).Select(frequency => Llama3(frequency, scaling, original))],
            RopeScalingKind.Yarn => Yarn(width, config.RopeTheta, scaling, original),
            _ => Plain(width, config.RopeTheta),
        };
        magnitude = scaling.Kind == RopeScalingKind.Yarn
            ? scaling.AttentionFactor ?? (scaling.Factor <= 1 ? 1 : (0.1 * Math.Log(scaling.Factor)) + 1)
            : 1;
    }

    /// <summary>Pairs of a head: half its width.</summary>
    public int Pairs => radiansPerToken.Length;

    /// <summary>Radians per token of each pair, [pairs].</summary>
    public IReadOnlyList<double> RadiansPerToken => radiansPerToken;

    /// <summary>Writes the cosines and sines of consecutive positions.</summary>
    /// <param name="first">The first position, ≥ 0.</param>
    /// <param name="count">Positions.</param>
    /// <param name="cosines">[count, pairs].</param>
    /// <param name="sines">[count, pairs].</param>
    public void Fill(int first, int count, Span<float> cosines, Span<float> sines)
    {
        for (var t = 0; t < count; t++)
        {
            for (var i = 0; i < Pairs; i++)
            {
                var (sine, cosine) = Math.SinCos((first + t) * radiansPerToken[i]);
                cosines[(t * Pairs) + i] = (float)(cosine * magnitude);
                sines[(t * Pairs) + i] = (float)(sine * magnitude);
            }
        }
    }

    private static double[] Plain(int width, double theta) =>
        [.. Enumerable.Range(0, width / 2).Select(i => Math.Pow(theta, -2.0 * i / width))];

    private static double DynamicTheta(double theta, double factor, int original, int capacity, int width) => capacity <= original
        ? theta
        : theta * Math.Pow((factor * capacity / original) - (factor - 1), width / (width - 2.0));

    private static double Llama3(double frequency, RopeScaling scaling, int original)
    {
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < original / scaling.HighFrequencyFactor)
            return frequency;
        if (wavelength > original / scaling.LowFrequencyFactor)
            return frequency / scaling.Factor;
        var smooth = ((original / wavelength) - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return ((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency);
    }

    private static double[] Yarn(int width, double theta, RopeScaling scaling, int original)
    {
        // Pairs below `low` turn often enough to be kept; pairs above `high` are interpolated; a linear ramp between.
        var low = Math.Max(Math.Floor(PairOf(scaling.BetaFast)), 0);
        var high = Math.Min(Math.Ceiling(PairOf(scaling.BetaSlow)), width - 1);
        var span = Math.Max(high - low, 0.001);
        return [.. Plain(width, theta).Select((frequency, i) =>
        {
            var interpolated = Math.Clamp((i - low) / span, 0, 1);
            return (frequency / scaling.Factor * interpolated) + (frequency * (1 - interpolated));
        })];

        double PairOf(double rotations) => width * Math.Log(original / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));
    }
}
