using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>MXINT: <c>x̂ = ±q · 2^(e_s - (b-2))</c>, e_s = floor(log2 max), integers q of one integer bit and b-2 fraction bits.</summary>
/// <remarks>Sections 2.5 and 2.8. Eight bits are OCP MXINT8, in two's complement with code -128 unused; other widths are sign and magnitude.
/// Scale code: e_s + 127.</remarks>
internal sealed class MxintReference(NumberFormat format) : ReferenceCodec(
    format, format.HasNanScale ? new TwosComplementGrid(format.ElementBits, symmetric: true) : new SignMagnitudeGrid(format.ElementBits))
{
    private readonly int fractionBits = format.ElementBits - 2;

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) =>
        scale == SharedScale.NaN && Format.HasNanScale ? double.NaN : Math.ScaleB(1, scale - SharedScale.Bias - fractionBits);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter)
    {
        var scale = Math.Max(SharedScale.FloorOfLog2(largest) + SharedScale.Bias, 0);
        var saturates = largest > Grid.Largest * ScaleValue(scale, tensorParameter);
        return Format.Rule == ScaleRule.Ceil && saturates && scale < 254 ? scale + 1 : scale;
    }

    /// <inheritdoc/>
    public override IEnumerable<int> Neighbours(int scale) => SharedScale.Neighbours(scale, 0, 254);
}
