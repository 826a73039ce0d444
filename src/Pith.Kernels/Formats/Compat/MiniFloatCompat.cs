using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Minifloat as the reference implementation rounds it: a mantissa never carries into the exponent.</summary>
/// <remarks>Section 2.2, trap: 0.0155 becomes 0.013671875 in E4M3, where 0.015625 is nearer.</remarks>
internal sealed class MiniFloatCompat(NumberFormat format) : MiniFloatReference(format)
{
    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter) =>
        Encode(value, Format.ExponentBits, Format.MantissaBits, (1 << (Format.ExponentBits - 1)) - 1);

    /// <summary>The code of a number with a given exponent bias.</summary>
    public static int Encode(float value, int exponentBits, int mantissaBits, int bias)
    {
        var magnitude = Math.Abs(value);
        var steps = 1 << mantissaBits;
        var top = (1 << exponentBits) - 1;
        var e = Math.Clamp(CompatArithmetic.FloorOfLog2(magnitude + CompatArithmetic.Nudge) + bias, 0, top);
        var mantissa = magnitude / CompatArithmetic.PowerOfTwo(e - bias);
        var m = CompatArithmetic.RoundAndClamp(e == 0 ? mantissa * steps / 2 : (mantissa * steps) - steps, steps - 1);
        var code = (e << mantissaBits) | m;
        return value < 0 && code > 0 ? code | (1 << (exponentBits + mantissaBits)) : code;
    }
}
