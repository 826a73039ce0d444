using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Denormalised minifloat, every value by itself.</summary>
/// <remarks>Section 2.3: bias 2^(E-1)-1.</remarks>
internal class DmfReference(NumberFormat format) : ReferenceCodec(format, new DmfGrid(format.ExponentBits, format.MantissaBits))
{
    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => 1;

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) => 0;
}
