using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>NVFP4: E2M1 elements times an E4M3 scale a block times a float scale a tensor.</summary>
/// <remarks>Section 2.9: <c>s_t = max|W| / (6·448)</c>, <c>s_blk = E4M3(max|block| / (6·s_t))</c>, <c>q = E2M1(x / (s_t·s_blk))</c>,
/// the product of the scales rounded to a float. Scale code: the E4M3 byte, sign clear.</remarks>
internal sealed class Nvfp4Reference(NumberFormat format) : ReferenceCodec(format, new MiniFloatGrid(2, 1, 1))
{
    private const float LargestElement = 6;
    private const float LargestScale = 448;
    private const int LargestScaleCode = 0x7E;
    private const int CodesPerBinade = 8;

    private static readonly MiniFloatGrid ScaleGrid = MiniFloatGrid.OcpE4M3();

    /// <inheritdoc/>
    public override float TensorParameter(float largest)
    {
        if (!float.IsFinite(largest) || largest == 0)
            return 0;
        var scale = Math.Max(largest / (LargestElement * LargestScale), float.Epsilon);
        return float.IsFinite(scale * LargestScale * LargestElement) ? scale : MathF.BitDecrement(scale);
    }

    /// <inheritdoc/>
    public override double ScaleValue(int scale, float tensorParameter) => (float)ScaleGrid.Decode(scale) * tensorParameter;

    /// <inheritdoc/>
    public override int ChooseScale(float largest, float tensorParameter)
    {
        RequireScale(tensorParameter);
        return ScaleGrid.Encode((double)largest / (LargestElement * (double)tensorParameter));
    }

    /// <summary>What <see cref="ChooseScale"/> gives, without logarithms.</summary>
    public static int ScaleCode(float largest, float tensorParameter)
    {
        RequireScale(tensorParameter);

        // As in FloatElement, in doubles: adding 2^(exponent + 52 - 3) rounds to the steps of three mantissa bits.
        const int mantissaBits = 52, scaleMantissaBits = 3;
        const long smallestField = (1023L - 6) << mantissaBits;
        var ratio = Math.Min((double)largest / (LargestElement * (double)tensorParameter), LargestScale);
        var field = Math.Max(BitConverter.DoubleToInt64Bits(ratio) & (0x7FFL << mantissaBits), smallestField);
        var constant = field + ((long)(mantissaBits - scaleMantissaBits) << mantissaBits);
        var steps = BitConverter.DoubleToInt64Bits(ratio + BitConverter.Int64BitsToDouble(constant)) - constant;
        return (int)(((field - smallestField) >> (mantissaBits - scaleMantissaBits)) + steps);
    }

    /// <summary>Every scale within a factor of two of the standard one.</summary>
    public override IEnumerable<int> Neighbours(int scale)
    {
        var highest = Math.Min(scale + CodesPerBinade, LargestScaleCode);
        for (var code = Math.Max(scale - CodesPerBinade, 0); code <= highest; code++)
        {
            if (code != scale)
                yield return code;
        }
    }

    /// <inheritdoc/>
    public override int EncodeElement(float value, int scale, float tensorParameter)
    {
        var product = (float)ScaleValue(scale, tensorParameter);
        return product > 0 ? Grid.Encode(value / product) : 0;
    }

    /// <inheritdoc/>
    public override float DecodeElement(int code, int scale, float tensorParameter) =>
        (float)Grid.Decode(code) * (float)ScaleValue(scale, tensorParameter);

    private static void RequireScale(float tensorParameter)
    {
        if (!(tensorParameter > 0) || !float.IsFinite(tensorParameter))
            throw new ArgumentException($"nvfp4 needs the scale of the tensor, found {tensorParameter}", nameof(tensorParameter));
    }
}
