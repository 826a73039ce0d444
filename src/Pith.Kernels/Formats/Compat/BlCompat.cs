using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Block logarithm as the reference implementation has it: zero is not a value, e = 0 is the power 2^-β.</summary>
/// <remarks>Section 2.7, trap. Scale code: the bias, clamped to 0 … 255, as an unsigned byte. The reference gives a block of zeros
/// the smallest bias of the tensor's other blocks; here it is that of a block whose maximum is one.</remarks>
internal sealed class BlCompat(NumberFormat format) : BlReference(format)
{
    private const float PartOfSmallest = 0.1f;

    private int TopExponent => (1 << (Format.ElementBits - 1)) - 1;

    /// <inheritdoc/>
    public override int ZeroBlockScale => ChooseScale(1, 0);

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => Math.ScaleB(1, -scale);

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter) =>
        Math.Clamp(TopExponent - CompatArithmetic.CeilingOfLog2(largest), 0, 255);

    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter)
    {
        var nudge = CompatArithmetic.PowerOfTwo(-scale) * PartOfSmallest;
        var logarithm = CompatArithmetic.Log2(Math.Abs(value) + nudge);
        var e = (int)Math.Clamp(MathF.Round(logarithm, MidpointRounding.ToEven) + scale, 0, TopExponent);
        return value + nudge < 0 ? e | (TopExponent + 1) : e;
    }

    /// <inheritdoc/>
    public override double ElementValue(int code)
    {
        var magnitude = Math.ScaleB(1, code & TopExponent);
        return code > TopExponent ? -magnitude : magnitude;
    }

    /// <inheritdoc/>
    public override float DecodeElement(int code, int scale, float tensorParameter) =>
        (float)(ElementValue(code) * ScaleValue(scale, tensorParameter));
}
