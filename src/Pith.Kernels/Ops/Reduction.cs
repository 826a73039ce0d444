using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Ops;

/// <summary>Sums over a row in one fixed order.</summary>
/// <remarks><see cref="TensorPrimitives"/> reduces from the first aligned address on, so its sums change with where the garbage
/// collector puts an array. These do not: sixteen partial sums, the j-th over k ≡ j (mod 16), then a tree.</remarks>
internal static class Reduction
{
    public static float Sum(ReadOnlySpan<float> row)
    {
        Vector256<float> low = default, high = default;
        ref var start = ref MemoryMarshal.GetReference(row);
        var k = 0;
        for (; k + Gemm.Lanes <= row.Length; k += Gemm.Lanes)
        {
            low += Vector256.LoadUnsafe(ref start, (nuint)k);
            high += Vector256.LoadUnsafe(ref start, (nuint)k + 8);
        }

        var sum = Gemm.Sum(low + high);
        for (; k < row.Length; k++)
            sum += row[k];
        return sum;
    }

    public static float SumOfSquares(ReadOnlySpan<float> row)
    {
        Vector256<float> low = default, high = default;
        ref var start = ref MemoryMarshal.GetReference(row);
        var k = 0;
        for (; k + Gemm.Lanes <= row.Length; k += Gemm.Lanes)
        {
            var a = Vector256.LoadUnsafe(ref start, (nuint)k);
            var b = Vector256.LoadUnsafe(ref start, (nuint)k + 8);
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }

        var sum = Gemm.Sum(low + high);
        for (; k < row.Length; k++)
            sum = MathF.FusedMultiplyAdd(row[k], row[k], sum);
        return sum;
    }

    /// <summary>The largest magnitude; NaN when the row holds one, 0 when it is empty.</summary>
    public static float Largest(ReadOnlySpan<float> row) => row.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(row));
}
