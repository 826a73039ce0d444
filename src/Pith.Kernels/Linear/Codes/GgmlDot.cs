using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Linear;

/// <summary>The kernel of <see cref="CodeDot"/> for the block types of ggml: four rows are taken apart, then decoded in registers.</summary>
/// <param name="matrix">The matrix, of whole blocks.</param>
/// <param name="block">Its block type.</param>
internal sealed unsafe class GgmlDot(PackedMatrix matrix, GgmlBlock block) : CodeDot
{
    private const int Rows = Gemm256.TileOutputs;
    private const int Half = Step / 2;

    /// <inheritdoc/>
    public override void Multiply(float* x, int first, int end, float* y)
    {
        var (columns, parts) = (matrix.Columns, matrix.Columns / Step);
        var codeBytes = matrix.Codec.CodeBytes(columns);
        var codes = ArrayPool<sbyte>.Shared.Rent(Rows * columns);
        var numbers = ArrayPool<float>.Shared.Rent(2 * Rows * parts);
        var steps = numbers.AsSpan(0, Rows * parts);
        var offsets = numbers.AsSpan(Rows * parts, Rows * parts);
        fixed (byte* packed = matrix.Codes.Span)
        fixed (sbyte* from = codes)
        fixed (float* factors = steps)
        {
            for (var row = first; row < end; row += Rows)
            {
                var count = Math.Min(Rows, end - row);
                var own = packed + ((nint)row * codeBytes);
                block.TakeApart(new ReadOnlySpan<byte>(own, count * codeBytes), new GgmlParts(count * parts, codes, steps, offsets));
                var four = Four(x, from, factors, block.HasOffsets ? factors + (Rows * parts) : null, columns, own + (count * codeBytes), Rows * codeBytes / parts);
                for (var i = 0; i < count; i++)
                    y[row - first + i] = four[i];
            }
        }

        ArrayPool<sbyte>.Shared.Return(codes);
        ArrayPool<float>.Shared.Return(numbers);
    }

    // The next rows are asked for meanwhile. Name: low or high half of sixteen columns, row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector128<float> Four(float* x, sbyte* codes, float* steps, float* offsets, nint columns, byte* next, nint nextStep)
    {
        Vector256<float> l0 = default, l1 = default, l2 = default, l3 = default;
        Vector256<float> h0 = default, h1 = default, h2 = default, h3 = default;
        sbyte* c0 = codes, c1 = c0 + columns, c2 = c1 + columns, c3 = c2 + columns;
        var parts = columns / Step;
        for (nint part = 0, k = 0; part < parts; part++, k += Step)
        {
            Sse.Prefetch0(next + (part * nextStep));
            float* s0 = steps + part, s2 = s0 + (2 * parts);
            if (offsets is null)
            {
                Add(c0 + k, s0, x + k, ref l0, ref h0);
                Add(c1 + k, s0 + parts, x + k, ref l1, ref h1);
                Add(c2 + k, s2, x + k, ref l2, ref h2);
                Add(c3 + k, s2 + parts, x + k, ref l3, ref h3);
                continue;
            }

            float* o0 = offsets + part, o2 = o0 + (2 * parts);
            Add(c0 + k, s0, o0, x + k, ref l0, ref h0);
            Add(c1 + k, s0 + parts, o0 + parts, x + k, ref l1, ref h1);
            Add(c2 + k, s2, o2, x + k, ref l2, ref h2);
            Add(c3 + k, s2 + parts, o2 + parts, x + k, ref l3, ref h3);
        }

        return Gemm256.Sums(l0 + h0, l1 + h1, l2 + h2, l3 + h3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(sbyte* codes, float* step, float* x, ref Vector256<float> low, ref Vector256<float> high)
    {
        var steps = Vector256.Create(*step);
        low = Vector256.FusedMultiplyAdd(Eight(codes) * steps, Vector256.Load(x), low);
        high = Vector256.FusedMultiplyAdd(Eight(codes + Half) * steps, Vector256.Load(x + Half), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(sbyte* codes, float* step, float* offset, float* x, ref Vector256<float> low, ref Vector256<float> high)
    {
        var (steps, offsets) = (Vector256.Create(*step), Vector256.Create(*offset));
        low = Vector256.FusedMultiplyAdd((Eight(codes) * steps) - offsets, Vector256.Load(x), low);
        high = Vector256.FusedMultiplyAdd((Eight(codes + Half) * steps) - offsets, Vector256.Load(x + Half), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(sbyte* codes) => Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(codes));
}
