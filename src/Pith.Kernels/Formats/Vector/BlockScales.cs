using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The scales of a format as tables, taken from its reference codec.</summary>
/// <remarks>A power-of-two scale depends on the exponent of the block maximum, and steps at one mantissa in each binade: the tables hold
/// the code for every exponent field, and the step. Scales that depend on the tensor are computed by the reference. Immutable.</remarks>
internal sealed class BlockScales
{
    private const int MantissaBits = 23;
    private const int MantissaSize = 1 << MantissaBits;
    private const int OneBits = 0x3F800000;

    private readonly ReferenceCodec reference;
    private readonly bool dependsOnTensor;
    private readonly byte[] codeOfField = new byte[256];
    private readonly int stepUp;
    private readonly float[] unit = new float[256];
    private readonly float[] perUnit = new float[256];
    private readonly int[][] neighbours = new int[256][];
    private readonly float[] e4m3 = [.. Enumerable.Range(0, 256).Select(static code => (float)MiniFloatGrid.OcpE4M3().Decode(code))];

    /// <summary>The scales of a format.</summary>
    public BlockScales(ReferenceCodec reference)
    {
        this.reference = reference;
        var format = reference.Format;
        dependsOnTensor = format.Family is FormatFamily.Nvfp4 or FormatFamily.Fixed;
        for (var code = 0; code < 256; code++)
        {
            neighbours[code] = format.Rule == ScaleRule.Mse ? [.. reference.Neighbours(code)] : [];
            if (!dependsOnTensor)
                (unit[code], perUnit[code]) = Exact(reference.ScaleValue(code, 0));
        }

        if (dependsOnTensor)
            return;
        stepUp = MantissaSize - FirstStep();
        for (var field = 1; field < 255; field++)
            codeOfField[field] = (byte)reference.ChooseScale(BitConverter.Int32BitsToSingle(field << MantissaBits), 0);
        codeOfField[255] = (byte)reference.ChooseScale(float.MaxValue, 0);
    }

    /// <summary>The scale codes which the <c>@mse</c> rule tries beside a standard one.</summary>
    public ReadOnlySpan<int> Neighbours(int code) => neighbours[code];

    /// <summary>The code of the standard (or ceiling) rule.</summary>
    /// <param name="largestBits">Bit pattern of the largest magnitude of the block; finite, not zero.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    public int Choose(int largestBits, float tensorParameter)
    {
        if (reference.Format.Family == FormatFamily.Nvfp4)
            return Nvfp4Reference.ScaleCode(BitConverter.Int32BitsToSingle(largestBits), tensorParameter);
        if (dependsOnTensor || largestBits < MantissaSize)
            return reference.ChooseScale(BitConverter.Int32BitsToSingle(largestBits), tensorParameter);
        return codeOfField[(largestBits + stepUp) >> MantissaBits];
    }

    /// <summary>The scale of a code; false where a float cannot hold it or its inverse, and the reference has to take over.</summary>
    /// <param name="code">0 … 255.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    /// <param name="scale">A value is an element times this.</param>
    /// <param name="inverse">An element is a value times this; for NVFP4 a value over <paramref name="scale"/>.</param>
    public bool TryGet(int code, float tensorParameter, out float scale, out float inverse)
    {
        if (!dependsOnTensor)
        {
            (scale, inverse) = (unit[code], perUnit[code]);
        }
        else if (reference.Format.Family == FormatFamily.Nvfp4)
        {
            scale = e4m3[code] * tensorParameter;
            inverse = scale;
        }
        else
        {
            (scale, inverse) = Exact(reference.ScaleValue(code, tensorParameter));
        }

        return inverse != 0;
    }

    /// <summary>The scales of the blocks of a row, as <see cref="TryGet"/> gives them; false where one of them is not to be had.</summary>
    /// <param name="codes">One a block; empty where the format has none.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    /// <param name="scales">One a block.</param>
    public bool TryGetAll(ReadOnlySpan<byte> codes, float tensorParameter, Span<float> scales)
    {
        var areAll = true;
        if (codes.IsEmpty)
        {
            areAll = TryGet(0, tensorParameter, out var one, out _);
            scales.Fill(one);
        }
        else if (reference.Format.Family == FormatFamily.Nvfp4)
        {
            for (var i = 0; i < scales.Length; i++)
            {
                scales[i] = e4m3[codes[i]] * tensorParameter;
                areAll &= scales[i] != 0;
            }
        }
        else
        {
            for (var i = 0; i < scales.Length; i++)
            {
                scales[i] = unit[codes[i]];
                areAll &= perUnit[codes[i]] != 0;
            }
        }

        return areAll;
    }

    // The scale and its inverse, both exact; an inverse of zero says that they are not.
    private static (float Scale, float Inverse) Exact(double value)
    {
        if (double.IsNaN(value))
            return (float.NaN, float.NaN);
        var scale = (float)value;
        var inverse = (float)(1 / value);
        var isExact = scale == value && inverse == 1 / value;
        return isExact ? (scale, inverse) : (0, 0);
    }

    // The first mantissa for which the code differs from that of the power of two; 2^23 where there is none.
    private int FirstStep()
    {
        int CodeAt(int mantissa) => reference.ChooseScale(BitConverter.Int32BitsToSingle(OneBits + mantissa), 0);

        var start = CodeAt(0);
        var (same, different) = (0, MantissaSize);
        while (different - same > 1)
        {
            var middle = (same + different) / 2;
            (same, different) = CodeAt(middle) == start ? (middle, different) : (same, middle);
        }

        return different;
    }
}
