namespace Pith.Kernels.Formats;

/// <summary>Minifloats <c>s|e|m</c> with an implicit bit and subnormals at e = 0.</summary>
/// <remarks>Value <c>(-1)^s · 2^(e-bias) · (1 + m/2^M)</c>, at e = 0 <c>(-1)^s · 2^(1-bias) · m/2^M</c>. Codes of magnitudes beyond
/// <c>largestCode</c> are specials (OCP FP8) which only decode.</remarks>
internal sealed class MiniFloatGrid : ElementGrid
{
    private readonly int bias;
    private readonly int mantissaBits;
    private readonly int largestCode;
    private readonly int sign;
    private readonly Func<int, double>? special;

    /// <summary>A grid.</summary>
    /// <param name="exponentBits">E.</param>
    /// <param name="mantissaBits">M.</param>
    /// <param name="bias">Exponent bias.</param>
    /// <param name="reserved">Magnitude codes at the top which are specials.</param>
    /// <param name="special">Meaning of the special with the given distance from the first one.</param>
    public MiniFloatGrid(int exponentBits, int mantissaBits, int bias, int reserved = 0, Func<int, double>? special = null)
    {
        this.bias = bias;
        this.mantissaBits = mantissaBits;
        this.special = special;
        sign = 1 << (exponentBits + mantissaBits);
        largestCode = sign - 1 - reserved;
        Largest = DecodeMagnitude(largestCode);
    }

    /// <inheritdoc/>
    public override double Largest { get; }

    /// <summary>OCP FP8 E4M3: one NaN code, no infinity.</summary>
    public static MiniFloatGrid OcpE4M3() => new(4, 3, 7, reserved: 1, special: static _ => double.NaN);

    /// <summary>OCP FP8 E5M2: an infinity and three NaN codes.</summary>
    public static MiniFloatGrid OcpE5M2() =>
        new(5, 2, 15, reserved: 4, special: static past => past == 0 ? double.PositiveInfinity : double.NaN);

    /// <inheritdoc/>
    public override int Encode(double value)
    {
        var magnitude = Math.Abs(value);
        if (magnitude >= Largest)
            return value < 0 ? sign | largestCode : largestCode;
        if (magnitude == 0)
            return 0;

        // Below the smallest normal number the step stays that of the lowest binade. A mantissa that rounds up to 2^(M+1)
        // carries into the exponent field by itself, because the codes of a sign are consecutive integers.
        var exponent = Math.Max(Math.ILogB(magnitude), 1 - bias);
        var steps = (int)RoundToEven(magnitude / PowerOfTwo(exponent - mantissaBits));
        var code = ((exponent - (1 - bias)) << mantissaBits) + steps;
        return value < 0 && code > 0 ? sign | code : code;
    }

    /// <inheritdoc/>
    public override double Decode(int code)
    {
        var magnitude = DecodeMagnitude(code & (sign - 1));
        return (code & sign) != 0 && magnitude != 0 ? -magnitude : magnitude;
    }

    private double DecodeMagnitude(int code)
    {
        if (code > largestCode)
            return special!(code - largestCode - 1);
        var e = code >> mantissaBits;
        var m = (code & ((1 << mantissaBits) - 1)) * PowerOfTwo(-mantissaBits);
        return e == 0 ? PowerOfTwo(1 - bias) * m : PowerOfTwo(e - bias) * (1 + m);
    }
}
