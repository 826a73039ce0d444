using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block floating point: <c>x̂ = ±m · 2^(e_s - M)</c>, one exponent e_s a block, integer magnitudes m of M = b-1 bits.</summary>
/// <remarks>Section 2.4. The exponent is the smallest for which no element saturates after rounding. Scale code: e_s + 127.</remarks>
internal class BfpReference(NumberFormat format) : ReferenceCodec(format, new SignMagnitudeGrid(format.ElementBits))
{
    private readonly int magnitudeBits = format.ElementBits - 1;

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, scale - SharedScale.Bias - magnitudeBits);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter)
    {
        var exponent = SharedScale.FloorOfLog2(largest) + 1;
        if (Math.Round(Math.ScaleB(largest, magnitudeBits - exponent), MidpointRounding.ToEven) > Grid.Largest)
            exponent++;
        return Math.Clamp(exponent + SharedScale.Bias, 0, 255);
    }

    /// <inheritdoc/>
    public override IEnumerable<int> Neighbours(int scale) => SharedScale.Neighbours(scale, 0, 255);
}
