using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block floating point as the reference implementation rounds it: a block maximum that is a power of two saturates.</summary>
/// <remarks>Section 2.4, trap. The reference lets |x| ≤ 1e-8 pass unrounded in emulation; storage cannot, so here they are rounded too.</remarks>
internal sealed class BfpCompat(NumberFormat format) : BfpReference(format)
{
    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) =>
        Math.Clamp(CompatArithmetic.CeilingOfLog2(largest) + SharedScale.Bias, 0, 255);

    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter)
    {
        if (value == 0)
            return 0;
        var steps = 1 << (Format.ElementBits - 1);

        // Doubles hold 2^128; otherwise each step is rounded to single precision as the reference does.
        var mantissa = (float)((Math.Abs(value) + CompatArithmetic.Nudge) / Math.ScaleB(1, scale - SharedScale.Bias));
        var m = CompatArithmetic.RoundAndClamp(mantissa * steps, steps - 1);
        return value < 0 && m > 0 ? steps | m : m;
    }
}
