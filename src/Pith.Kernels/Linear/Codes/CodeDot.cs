using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>One token times rows of a packed matrix whose codes are decoded in registers, with the additions of <see cref="Gemm"/> in their order.</summary>
/// <remarks>For codes of up to eight bits in blocks of 16, 32, … columns, on processors with AVX2. Immutable, thread-safe.</remarks>
internal abstract unsafe class CodeDot
{
    /// <summary>Columns decoded at once.</summary>
    protected const int Step = 16;

    private const int ByteBits = 8;
    private const int MostTableBits = 4;
    private const int FloatBias = 127;

    // From here on elements of a block are subnormal below 2^-14 of its largest. So few may take a processor's time.
    private const int FewSubnormalsBits = 4;

    /// <summary>The kernel for a matrix; null where its rows have to be decoded beforehand.</summary>
    public static CodeDot? TryCreate(PackedMatrix matrix)
    {
        var format = matrix.Codec.Format;
        var length = format.BlockLength(matrix.Columns);
        if (!Avx2.IsSupported || format.ElementBits > ByteBits || length % Step != 0 || matrix.Columns % length != 0)
            return null;
        if (matrix.Codec is GgmlCodec ggml)
            return new GgmlDot(matrix, ggml.Block);
        if (format.IsCompat || FormatCodecs.Reference(format) is not ReferenceCodec reference)
            return null;
        var (bits, e, m) = (format.ElementBits, format.ExponentBits, format.MantissaBits);
        if (bits <= MostTableBits)
            return TryCreate(matrix, new TableHalves([.. Enumerable.Range(0, 1 << bits).Select(code => (float)reference.Grid.Decode(code))]), 0, 0);
        var lowest = ByteBits - bits;
        var bias = format.Family == FormatFamily.Bmf ? 0 : (1 << Math.Max(e - 1, 0)) - 1;
        return format.Family switch
        {
            FormatFamily.Fixed => TryCreate(matrix, default(TwosComplementHalves), lowest, TwosComplementHalves.Shift + lowest),
            FormatFamily.Bfp or FormatFamily.Mxint => format.HasNanScale
                ? TryCreate(matrix, default(TwosComplementHalves), lowest, TwosComplementHalves.Shift + lowest)
                : TryCreate(matrix, default(SignMagnitudeHalves), lowest, TwosComplementHalves.Shift + lowest),
            FormatFamily.Bl => TryCreate(matrix, new FloatHalves(bits - 1, 0), lowest, -FloatBias),
            FormatFamily.Dmf => TryCreate(matrix, new DenormalisedHalves(e, m), lowest, SubnormalHalves.Offset + bias - FloatBias),
            FormatFamily.Mxfp when bits == ByteBits && HasSpecials(matrix, reference.Grid) => null,
            FormatFamily.Mxfp or FormatFamily.Bmf when e >= FewSubnormalsBits =>
                TryCreate(matrix, new FloatHalves(e, m), lowest, bias - FloatBias),
            FormatFamily.Mxfp or FormatFamily.Bmf or FormatFamily.MiniFloat =>
                TryCreate(matrix, new SubnormalHalves(e, m), lowest, SubnormalHalves.Offset + bias - FloatBias),
            _ => null,
        };
    }

    /// <summary>y[n] = Σ_k x[k] · W[n, k] for rows from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row behind the last.</param>
    /// <param name="y">One number for each of these rows.</param>
    public abstract void Multiply(float* x, int first, int end, float* y);

    // Null where a scale in use, less the power of two by which decoded elements are too large, is not exactly a float.
    private static CodeDotKernel<T>? TryCreate<T>(PackedMatrix matrix, T halves, int lowest, int tooLarge)
        where T : struct, ICodeHalves
    {
        var isUsed = new bool[256];
        isUsed[0] = matrix.Scales.IsEmpty;
        foreach (var code in matrix.Scales.Span)
            isUsed[code] = true;
        var factors = new float[256];
        for (var code = 0; code < factors.Length; code++)
        {
            if (!isUsed[code])
                continue;
            var isExact = matrix.Codec.TryGetScale(code, matrix.TensorParameter, out var scale);
            factors[code] = MathF.ScaleB(scale, -tooLarge);
            if (!isExact || MathF.ScaleB(factors[code], tooLarge) != scale)
                return null;
        }

        return new CodeDotKernel<T>(matrix, halves, lowest, factors);
    }

    // Infinities and NaNs of OCP FP8.
    private static bool HasSpecials(PackedMatrix matrix, ElementGrid grid)
    {
        var codes = matrix.Codes.Span;
        var magnitude = Vector256.Create((byte)0x7F);
        var largest = Vector256.Create((byte)grid.Encode(grid.Largest));
        var i = 0;
        for (; i <= codes.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            if (Vector256.GreaterThanAny(Vector256.Create(codes[i..]) & magnitude, largest))
                return true;
        }

        foreach (var code in codes[i..])
        {
            if ((code & magnitude.ToScalar()) > largest.ToScalar())
                return true;
        }

        return false;
    }
}
