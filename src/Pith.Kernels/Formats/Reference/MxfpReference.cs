using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>OCP MX floating point: minifloat elements times 2^e, <c>e = floor(log2 max) - emax</c>.</summary>
/// <remarks>Section 2.8, MX specification v1.0. Elements round to nearest even and then saturate. Scale code: e + 127; 255 is NaN.</remarks>
internal sealed class MxfpReference(NumberFormat format) : ReferenceCodec(format, GridOf(format))
{
    private int LargestExponent => Math.ILogB(Grid.Largest);

    // The largest scale with which the largest element is still a finite float.
    private int HighestScale => 254 - LargestExponent;

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) =>
        scale == SharedScale.NaN ? double.NaN : Math.ScaleB(1, scale - SharedScale.Bias);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter)
    {
        var scale = Math.Max(SharedScale.FloorOfLog2(largest) - LargestExponent + SharedScale.Bias, 0);
        var saturates = largest > Grid.Largest * ScaleValue(scale, tensorParameter);
        return Format.Rule == ScaleRule.Ceil && saturates && scale < HighestScale ? scale + 1 : scale;
    }

    /// <inheritdoc/>
    public override IEnumerable<int> Neighbours(int scale) =>
        SharedScale.Neighbours(scale, 0, HighestScale);

    private static MiniFloatGrid GridOf(NumberFormat format) => (format.ExponentBits, format.MantissaBits) switch
    {
        (4, 3) => MiniFloatGrid.OcpE4M3(),
        (5, 2) => MiniFloatGrid.OcpE5M2(),
        var (e, m) => new MiniFloatGrid(e, m, (1 << (e - 1)) - 1),
    };
}
