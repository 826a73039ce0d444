using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Algebra;

/// <summary>Sums along vectors, in doubles, each in one fixed order.</summary>
/// <remarks>Sixteen partial sums, the j-th over i ≡ j (mod 16) ascending, one fused multiply-add a step, added as a tree; then what is left of the
/// last sixteen one by one. The order does not depend on where the memory lies, as that of <c>TensorPrimitives</c> does. Thread-safe.</remarks>
internal static class VectorSums
{
    private const int Lanes = 16;

    /// <summary>Σ x[i]·y[i].</summary>
    /// <param name="x">Any length.</param>
    /// <param name="y">As long.</param>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var py = ref MemoryMarshal.GetReference(y[..x.Length]);
        nuint i = 0;
        for (; i + Lanes <= (nuint)x.Length; i += Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref px, i), Vector256.LoadUnsafe(ref py, i), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref px, i + 4), Vector256.LoadUnsafe(ref py, i + 4), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref px, i + 8), Vector256.LoadUnsafe(ref py, i + 8), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref px, i + 12), Vector256.LoadUnsafe(ref py, i + 12), s3);
        }

        var sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < (nuint)x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[(int)i], y[(int)i], sum);
        return sum;
    }

    /// <summary>Σ x[i]² of single numbers, in double precision: eight partial sums, the j-th over i ≡ j (mod 8).</summary>
    /// <param name="x">Any length.</param>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        Vector256<double> low = default, high = default;
        ref var px = ref MemoryMarshal.GetReference(x);
        nuint i = 0;
        for (; i + 8 <= (nuint)x.Length; i += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref px, i));
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }

        var sum = Vector256.Sum(low + high);
        for (; i < (nuint)x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[(int)i], x[(int)i], sum);
        return sum;
    }

    /// <summary>y[i] += factor·x[i].</summary>
    /// <param name="factor">Any number.</param>
    /// <param name="x">Any length.</param>
    /// <param name="y">As long.</param>
    public static void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var py = ref MemoryMarshal.GetReference(y[..x.Length]);
        var scale = Vector256.Create(factor);
        nuint i = 0;
        for (; i + 4 <= (nuint)x.Length; i += 4)
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadUnsafe(ref px, i), Vector256.LoadUnsafe(ref py, i)).StoreUnsafe(ref py, i);
        for (; i < (nuint)x.Length; i++)
            y[(int)i] = Math.FusedMultiplyAdd(factor, x[(int)i], y[(int)i]);
    }

    /// <summary>Turns two vectors in their plane: (x, y) becomes (c·x − s·y, s·x + c·y).</summary>
    /// <param name="c">Cosine.</param>
    /// <param name="s">Sine.</param>
    /// <param name="x">Any length.</param>
    /// <param name="y">As long.</param>
    public static void Rotate(double c, double s, Span<double> x, Span<double> y)
    {
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var py = ref MemoryMarshal.GetReference(y[..x.Length]);
        var (cosine, sine) = (Vector256.Create(c), Vector256.Create(s));
        nuint i = 0;
        for (; i + 4 <= (nuint)x.Length; i += 4)
        {
            var (a, b) = (Vector256.LoadUnsafe(ref px, i), Vector256.LoadUnsafe(ref py, i));
            ((cosine * a) - (sine * b)).StoreUnsafe(ref px, i);
            ((sine * a) + (cosine * b)).StoreUnsafe(ref py, i);
        }

        for (; i < (nuint)x.Length; i++)
            (x[(int)i], y[(int)i]) = ((c * x[(int)i]) - (s * y[(int)i]), (s * x[(int)i]) + (c * y[(int)i]));
    }
}
