namespace Pith.Studies.Samplers;

/// <summary>Random numbers of one trial: a function of the study's seed and the trial's number, of nothing else.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), written out so that a study continues alike on every version of the runtime.
/// Not thread-safe.</remarks>
public sealed class TrialRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    // 53 random bits make a double in [0, 1).
    private const int UnusedBits = 11;
    private const double Unit = 1.0 / (1L << 53);

    private ulong state;

    /// <summary>Starts the numbers of a trial.</summary>
    /// <param name="seed">Seed of the study.</param>
    /// <param name="number">Number of the trial.</param>
    public TrialRandom(long seed, long number) => state = unchecked(Mix(Mix((ulong)seed) + (ulong)number));

    /// <summary>A number in [0, 1).</summary>
    public double Next() => (NextBits() >> UnusedBits) * Unit;

    /// <summary>An integer from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() * count);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public double Between(double low, double high) => low + (Next() * (high - low));

    /// <summary>A number of the standard normal distribution (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private ulong NextBits()
    {
        state = unchecked(state + Golden);
        return Mix(state);
    }
}
