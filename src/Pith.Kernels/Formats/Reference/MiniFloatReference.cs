using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Saturating minifloat, every value by itself.</summary>
/// <remarks>Section 2.2: bias 2^(E-1)-1, the top exponent is an ordinary binade.</remarks>
internal class MiniFloatReference(NumberFormat format) : ReferenceCodec(
    format, new MiniFloatGrid(format.ExponentBits, format.MantissaBits, (1 << (format.ExponentBits - 1)) - 1))
{
    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => 1;

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) => 0;
}
