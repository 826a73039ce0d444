namespace Pith.Kernels.Formats;

/// <summary>The values that the code of one element can have, before the block scale, and the rounding to them.</summary>
/// <remarks>Plain and slow on purpose: it reads like the formula, in doubles, where every step is exact. Immutable.</remarks>
internal abstract class ElementGrid
{
    /// <summary>The code nearest to a finite number; ties to the even code, saturating, zero always with a positive sign.</summary>
    public abstract int Encode(double value);

    /// <summary>The value of a code; any code has one.</summary>
    public abstract double Decode(int code);

    /// <summary>The largest finite value.</summary>
    public abstract double Largest { get; }

    /// <summary>2^<paramref name="exponent"/>.</summary>
    protected static double PowerOfTwo(int exponent) => Math.ScaleB(1, exponent);

    /// <summary>Round to nearest, ties to even.</summary>
    protected static double RoundToEven(double value) => Math.Round(value, MidpointRounding.ToEven);
}
