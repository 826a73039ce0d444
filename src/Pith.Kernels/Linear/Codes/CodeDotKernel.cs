using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>The kernel of <see cref="CodeDot"/> for one way of decoding.</summary>
/// <param name="matrix">The matrix.</param>
/// <param name="halves">Decodes elements.</param>
/// <param name="lowest">The bit of a byte where its code begins.</param>
/// <param name="factors">What a decoded element is multiplied with, by scale code.</param>
internal sealed unsafe class CodeDotKernel<T>(PackedMatrix matrix, T halves, int lowest, float[] factors) : CodeDot
    where T : struct, ICodeHalves
{
    private const int Rows = Gemm256.TileOutputs;
    private const int Quarter = Step / 4;

    private readonly int[] planes = [.. new CodeLayout(matrix.Codec.Format.ElementBits).Planes];
    private readonly int bits = matrix.Codec.Format.ElementBits;
    private readonly int length = matrix.Codec.Format.BlockLength(matrix.Columns);
    private readonly int codeBytes = matrix.Codec.CodeBytes(matrix.Columns);
    private readonly int scaleBytes = matrix.Codec.ScaleBytes(matrix.Columns);

    /// <inheritdoc/>
    public override void Multiply(float* x, int first, int end, float* y)
    {
        var columns = matrix.Columns;
        var inputs = ArrayPool<float>.Shared.Rent(columns);
        var unpacked = ArrayPool<byte>.Shared.Rent(Rows * columns);
        byte none = 0;
        fixed (float* fours = inputs, table = factors)
        fixed (byte* codes = matrix.Codes.Span, scales = matrix.Scales.Span, bytes = unpacked)
        {
            EvenFoursFirst(x, columns, fours);
            for (var row = first; row < end; row += Rows)
            {
                var count = Math.Min(Rows, end - row);
                var from = codes + ((nint)row * codeBytes);
                if (bits < 8)
                    BytePlanes.UnpackBlocks(new ReadOnlySpan<byte>(from, count * codeBytes), planes, length, new Span<byte>(bytes, count * columns), lowest);
                var at = bits < 8 ? bytes : from;
                var own = scales is null ? &none : scales + ((nint)row * scaleBytes);
                if (count == Rows)
                {
                    Four(halves, fours, at, columns, from + ((nint)Rows * codeBytes), bits, own, scaleBytes, table, length, columns).Store(y + (row - first));
                    continue;
                }

                for (var i = 0; i < count; i++, at += columns, own += scaleBytes)
                    y[row - first + i] = Four(halves, fours, at, 0, at, bits, own, 0, table, length, columns).ToScalar();
            }
        }

        ArrayPool<float>.Shared.Return(inputs);
        ArrayPool<byte>.Shared.Return(unpacked);
    }

    // Four rows, or the same four times where strides are zero; the next ones asked for by hand as they are too short to be recognised as streams. Name: even or odd fours, row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector128<float> Four(
        T halves, float* x, byte* codes, nint stride, byte* next, int bits, byte* scales, nint scaleStride, float* table, nint length, nint columns)
    {
        Vector256<float> e0 = default, e1 = default, e2 = default, e3 = default;
        Vector256<float> o0 = default, o1 = default, o2 = default, o3 = default;
        var third = codes + (2 * stride);
        var factors = stackalloc float[Rows];
        for (nint k = 0; k < columns; scales++)
        {
            for (var row = 0; row < Rows; row++)
                factors[row] = table[scales[row * scaleStride]];
            for (var end = k + length; k < end; k += Step)
            {
                Sse.Prefetch0(next);
                next += Rows * Step / 8 * bits;
                Add(halves.Decode(codes + k), Vector256.Create(factors[0]), x + k, ref e0, ref o0);
                Add(halves.Decode(codes + stride + k), Vector256.Create(factors[1]), x + k, ref e1, ref o1);
                Add(halves.Decode(third + k), Vector256.Create(factors[2]), x + k, ref e2, ref o2);
                Add(halves.Decode(third + stride + k), Vector256.Create(factors[3]), x + k, ref e3, ref o3);
            }
        }

        return Gemm256.Sums(Pairs(e0, o0), Pairs(e1, o1), Pairs(e2, o2), Pairs(e3, o3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(CodeHalves values, Vector256<float> factor, float* x, ref Vector256<float> even, ref Vector256<float> odd)
    {
        even = Vector256.FusedMultiplyAdd(values.Even * factor, Vector256.Load(x), even);
        odd = Vector256.FusedMultiplyAdd(values.Odd * factor, Vector256.Load(x + (Step / 2)), odd);
    }

    // Lane j: the partial sums of columns j and j + 8 modulo sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pairs(Vector256<float> even, Vector256<float> odd) =>
        Vector256.Create(even.GetLower() + even.GetUpper(), odd.GetLower() + odd.GetUpper());

    private static void EvenFoursFirst(float* x, int columns, float* y)
    {
        for (var k = 0; k < columns; k += Step)
        {
            Vector128.Load(x + k).Store(y + k);
            Vector128.Load(x + k + (2 * Quarter)).Store(y + k + Quarter);
            Vector128.Load(x + k + Quarter).Store(y + k + (2 * Quarter));
            Vector128.Load(x + k + (3 * Quarter)).Store(y + k + (3 * Quarter));
        }
    }
}
