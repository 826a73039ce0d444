using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block minifloat as the reference implementation has it: bias <c>clamp(floor(log2 max), 0, 255)</c>.</summary>
/// <remarks>Section 2.6, trap: that bias has the wrong sign. A block whose maximum is below 1 rounds to almost nothing. Scale code: the
/// bias as an unsigned byte.</remarks>
internal sealed class BmfCompat(NumberFormat format) : BmfReference(format)
{
    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, -scale);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) => Math.Clamp(CompatArithmetic.FloorOfLog2(largest), 0, 255);

    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter) =>
        MiniFloatCompat.Encode(value, Format.ExponentBits, Format.MantissaBits, scale);
}
