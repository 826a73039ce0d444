using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block minifloat: minifloat elements whose exponent bias β is shared by a block.</summary>
/// <remarks>Section 2.6: value <c>(-1)^s · 2^(e-β) · (1 + m/2^M)</c>, <c>β = 2^E - 1 - floor(log2 max)</c>, which puts the block maximum into
/// the top binade. Scale code: β as a signed byte. A value is an element with bias 0 times 2^-β.</remarks>
internal class BmfReference(NumberFormat format)
    : ReferenceCodec(format, new MiniFloatGrid(format.ExponentBits, format.MantissaBits, bias: 0))
{
    private int TopExponent => (1 << Format.ExponentBits) - 1;

    // With a smaller bias the top binade would lie beyond the floats.
    private int LowestBias => Math.Max(TopExponent - 127, -128);

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, -(sbyte)scale);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) =>
        (byte)Math.Clamp(TopExponent - SharedScale.FloorOfLog2(largest), LowestBias, 127);

    /// <inheritdoc/>
    public override IEnumerable<int> Neighbours(int scale) =>
        SharedScale.Neighbours((sbyte)scale, LowestBias, 127).Select(static bias => (int)(byte)bias);
}
