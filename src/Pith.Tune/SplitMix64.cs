namespace Pith.Tune;

/// <summary>A small random generator whose numbers depend on the seed alone (Steele, Lea and Flood 2014).</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class SplitMix64(ulong seed)
{
    private const double UnitStep = 1.0 / (1UL << 53);

    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>Uniform in 0 … bound-1, without bias (Lemire 2019, by rejection).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var limit = ulong.MaxValue - ulong.MaxValue % (ulong)bound;
        ulong bits;
        do bits = Next();
        while (bits >= limit);
        return (int)(bits % (ulong)bound);
    }

    /// <summary>Standard normal (Box-Muller, one of the pair).</summary>
    public double NextNormal()
    {
        // (0, 1]: the logarithm stays finite.
        var radius = Math.Sqrt(-2 * Math.Log(((Next() >> 11) + 1) * UnitStep));
        return radius * Math.Cos(2 * Math.PI * ((Next() >> 11) * UnitStep));
    }
}
