using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Denormalised minifloat as the reference implementation rounds it: exact powers of two saturate their mantissa.</summary>
/// <remarks>Section 2.3, trap: 1.0 becomes 0.875 in E4M3.</remarks>
internal sealed class DmfCompat(NumberFormat format) : DmfReference(format)
{
    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter)
    {
        var magnitude = Math.Abs(value);
        var bias = (1 << (Format.ExponentBits - 1)) - 1;
        var steps = 1 << Format.MantissaBits;
        var top = (1 << Format.ExponentBits) - 1;
        var e = Math.Clamp(CompatArithmetic.CeilingOfLog2(magnitude + CompatArithmetic.Nudge) + bias, 0, top);
        var m = CompatArithmetic.RoundAndClamp(magnitude / CompatArithmetic.PowerOfTwo(e - bias) * steps, steps - 1);
        if (m == 0)
            return 0;
        var code = (e << Format.MantissaBits) | m;
        return value < 0 ? code | (1 << (Format.ExponentBits + Format.MantissaBits)) : code;
    }
}
