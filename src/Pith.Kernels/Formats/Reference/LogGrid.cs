namespace Pith.Kernels.Formats;

/// <summary>Signed powers of two <c>s|e</c>: value <c>(-1)^s · 2^e</c> for e ≥ 1, and 0 for e = 0.</summary>
/// <remarks>Rounds the logarithm, so the border between 2^k and 2^(k+1) is 2^(k+½).</remarks>
internal sealed class LogGrid(int bits) : ElementGrid
{
    private readonly int sign = 1 << (bits - 1);

    /// <inheritdoc/>
    public override double Largest => PowerOfTwo(sign - 1);

    /// <inheritdoc/>
    public override int Encode(double value)
    {
        if (value == 0)
            return 0;
        var e = Math.ILogB(value);
        var significand = Math.Abs(value) / PowerOfTwo(e);
        if (significand * significand > 2) // exact: the significand of a float has 24 bits; never a tie, √2 being irrational
            e++;
        if (e < 1)
            return 0;
        e = Math.Min(e, sign - 1);
        return value < 0 ? sign | e : e;
    }

    /// <inheritdoc/>
    public override double Decode(int code)
    {
        var e = code & (sign - 1);
        if (e == 0)
            return 0;
        return (code & sign) != 0 ? -PowerOfTwo(e) : PowerOfTwo(e);
    }
}
