namespace Pith.Kernels.Formats;

/// <summary>Denormalised minifloats <c>s|e|m</c>: value <c>(-1)^s · 2^(e-bias) · m/2^M</c>, no implicit bit.</summary>
/// <remarks>Several codes share a value; the encoder gives the canonical one, with the smallest exponent and largest mantissa.</remarks>
internal sealed class DmfGrid(int exponentBits, int mantissaBits) : ElementGrid
{
    private readonly int bias = (1 << (exponentBits - 1)) - 1;
    private readonly int sign = 1 << (exponentBits + mantissaBits);
    private readonly int full = 1 << mantissaBits;

    /// <inheritdoc/>
    public override double Largest => Decode(sign - 1);

    /// <inheritdoc/>
    public override int Encode(double value)
    {
        var magnitude = Math.Abs(value);
        if (magnitude >= Largest)
            return value < 0 ? (2 * sign) - 1 : sign - 1;
        if (magnitude == 0)
            return 0;
        var e = Math.Max(CeilingOfLog2(magnitude) + bias, 0);
        var m = (int)RoundToEven(magnitude / PowerOfTwo(e - bias - mantissaBits));
        if (m == full)
        {
            // 2^M / 2^M · 2^e is 2^(M-1) / 2^M · 2^(e+1). Below Largest there is an exponent above.
            e++;
            m = full / 2;
        }

        var code = (e << mantissaBits) | m;
        return value < 0 && m > 0 ? sign | code : code;
    }

    /// <inheritdoc/>
    public override double Decode(int code)
    {
        var magnitude = (code & (full - 1)) * PowerOfTwo(((code & (sign - 1)) >> mantissaBits) - bias - mantissaBits);
        return (code & sign) != 0 && magnitude != 0 ? -magnitude : magnitude;
    }

    private static int CeilingOfLog2(double value)
    {
        var floor = Math.ILogB(value);
        return value > PowerOfTwo(floor) ? floor + 1 : floor;
    }
}
