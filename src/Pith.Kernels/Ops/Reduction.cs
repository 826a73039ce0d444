using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Ops;

/// <summary>Sums over a row in one fixed order.</summary>
/// <remarks><see cref="TensorPrimitives"/> reduces from the first aligned address on, so its sums change with where the garbage
/// collector puts an array. These do not: sixteen partial sums, the j-th over k ≡ j (mod 16), then a tree.</remarks>
internal static class Reduction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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

    /// <summary>Σ x_k in double precision: eight partial sums, the j-th over k ≡ j (mod 8), then a tree.</summary>
    public static double PreciseSum(ReadOnlySpan<float> x)
    {
        Vector256<double> low = default, high = default;
        ref var start = ref MemoryMarshal.GetReference(x);
        var k = 0;
        for (; k + 8 <= x.Length; k += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref start, (nuint)k));
            low += a;
            high += b;
        }

        var sum = Sum(low + high);
        for (; k < x.Length; k++)
            sum += x[k];
        return sum;
    }

    /// <summary>Σ w_k · (a_k - b_k) in double precision, in the order of <see cref="PreciseSum"/>.</summary>
    public static double WeightedDifference(ReadOnlySpan<float> w, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector256<double> low = default, high = default;
        ref var startW = ref MemoryMarshal.GetReference(w);
        ref var startA = ref MemoryMarshal.GetReference(a);
        ref var startB = ref MemoryMarshal.GetReference(b);
        var k = 0;
        for (; k + 8 <= w.Length; k += 8)
        {
            var (wLow, wHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref startW, (nuint)k));
            var (aLow, aHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref startA, (nuint)k));
            var (bLow, bHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref startB, (nuint)k));
            low = Vector256.FusedMultiplyAdd(wLow, aLow - bLow, low);
            high = Vector256.FusedMultiplyAdd(wHigh, aHigh - bHigh, high);
        }

        var sum = Sum(low + high);
        for (; k < w.Length; k++)
            sum += w[k] * ((double)a[k] - b[k]);
        return sum;
    }

    /// <summary>The largest magnitude; NaN when the row holds one, 0 when it is empty.</summary>
    public static float Largest(ReadOnlySpan<float> row) => row.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(row));

    private static double Sum(Vector256<double> sums)
    {
        var two = sums.GetLower() + sums.GetUpper();
        return two[0] + two[1];
    }
}
