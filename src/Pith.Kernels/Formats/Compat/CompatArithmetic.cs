namespace Pith.Kernels.Formats;

/// <summary>Single-precision steps of the reference implementation (llm-mixed-q of arXiv 2310.05079), whose rounding errors are part of its results.</summary>
internal static class CompatArithmetic
{
    /// <summary>The reference adds this to a magnitude before it takes the logarithm.</summary>
    public const float Nudge = 1e-9f;

    /// <summary>log2 in single precision, correctly rounded: just below a power of two it rounds up to the integer.</summary>
    public static float Log2(float value) => (float)Math.Log2(value);

    /// <summary>ceil(log2 value) by way of the single-precision logarithm.</summary>
    public static int CeilingOfLog2(float value) => (int)MathF.Ceiling(Log2(value));

    /// <summary>floor(log2 value) by way of the single-precision logarithm.</summary>
    public static int FloorOfLog2(float value) => (int)MathF.Floor(Log2(value));

    /// <summary>2^<paramref name="exponent"/> in single precision.</summary>
    public static float PowerOfTwo(int exponent) => MathF.ScaleB(1, exponent);

    /// <summary>Rounds to nearest even, then clamps to 0 … <paramref name="highest"/>.</summary>
    public static int RoundAndClamp(float value, int highest) =>
        (int)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), 0, highest);
}
