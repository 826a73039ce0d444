using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block logarithm: elements are signed powers of two <c>±2^(e-β)</c> with a bias β shared by a block; e = 0 is zero.</summary>
/// <remarks>Section 2.7: <c>β = 2^(b-1) - 1 - ceil(log2 max)</c>. Scale code: β as a signed byte.</remarks>
internal class BlReference(NumberFormat format) : ReferenceCodec(format, new LogGrid(format.ElementBits))
{
    private int TopExponent => (1 << (Format.ElementBits - 1)) - 1;

    // With a smaller bias the top power would lie beyond the floats.
    private int LowestBias => Math.Max(TopExponent - 127, -128);

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, -(sbyte)scale);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) =>
        (byte)Math.Clamp(TopExponent - SharedScale.CeilingOfLog2(largest), LowestBias, 127);

    /// <inheritdoc/>
    public override IEnumerable<int> Neighbours(int scale) =>
        SharedScale.Neighbours((sbyte)scale, LowestBias, 127).Select(static bias => (int)(byte)bias);
}
