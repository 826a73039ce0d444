namespace Pith.Kernels.Formats;

/// <summary>The power-of-two scales that blocks share, as one byte.</summary>
internal static class SharedScale
{
    /// <summary>The E8M0 code of NaN.</summary>
    public const int NaN = 255;

    /// <summary>Bias of an E8M0 scale and of a shared exponent.</summary>
    public const int Bias = 127;

    /// <summary>floor(log2 value), exact, for subnormal numbers too.</summary>
    public static int FloorOfLog2(float value) => Math.ILogB((double)value);

    /// <summary>ceil(log2 value), exact.</summary>
    public static int CeilingOfLog2(float value)
    {
        var floor = FloorOfLog2(value);
        return value > Math.ScaleB(1, floor) ? floor + 1 : floor;
    }

    /// <summary>The codes below and above within a range.</summary>
    public static IEnumerable<int> Neighbours(int scale, int lowest, int highest)
    {
        if (scale > lowest)
            yield return scale - 1;
        if (scale < highest)
            yield return scale + 1;
    }
}
