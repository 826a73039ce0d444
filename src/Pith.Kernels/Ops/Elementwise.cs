using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Ops;

/// <summary>Sums and products of rows, element by element.</summary>
/// <remarks>The bits of <see cref="TensorPrimitives"/>; but these are compiled well before their first call, whereas a short program
/// is over before that library's methods are. A result may lie in the memory of an operand. Thread-safe.</remarks>
public static class Elementwise
{
    private const int Step = 16;

    /// <summary>y_i = a_i + b_i.</summary>
    /// <param name="a">[n].</param>
    /// <param name="b">At least n.</param>
    /// <param name="y">At least n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        ref var first = ref MemoryMarshal.GetReference(a);
        ref var second = ref MemoryMarshal.GetReference(b[..a.Length]);
        ref var to = ref MemoryMarshal.GetReference(y[..a.Length]);
        nuint i = 0;
        for (; i + Step <= (nuint)a.Length; i += Step)
            (Vector512.LoadUnsafe(ref first, i) + Vector512.LoadUnsafe(ref second, i)).StoreUnsafe(ref to, i);
        for (; i < (nuint)a.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref first, i) + Unsafe.Add(ref second, i);
    }

    /// <summary>y_i = a_i · b_i.</summary>
    /// <param name="a">[n].</param>
    /// <param name="b">At least n.</param>
    /// <param name="y">At least n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        ref var first = ref MemoryMarshal.GetReference(a);
        ref var second = ref MemoryMarshal.GetReference(b[..a.Length]);
        ref var to = ref MemoryMarshal.GetReference(y[..a.Length]);
        nuint i = 0;
        for (; i + Step <= (nuint)a.Length; i += Step)
            (Vector512.LoadUnsafe(ref first, i) * Vector512.LoadUnsafe(ref second, i)).StoreUnsafe(ref to, i);
        for (; i < (nuint)a.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref first, i) * Unsafe.Add(ref second, i);
    }

    /// <summary>y_i = factor · x_i.</summary>
    /// <param name="x">[n].</param>
    /// <param name="factor">The factor.</param>
    /// <param name="y">At least n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(ReadOnlySpan<float> x, float factor, Span<float> y)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y[..x.Length]);
        nuint i = 0;
        for (; i + Step <= (nuint)x.Length; i += Step)
            (Vector512.LoadUnsafe(ref from, i) * Vector512.Create(factor)).StoreUnsafe(ref to, i);
        for (; i < (nuint)x.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i) * factor;
    }

    /// <summary>x_i becomes exp(x_i - max x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void ExpFromLargest(Span<float> x)
    {
        if (x.Length < Step)
        {
            // The library takes fewer elements in narrower vectors, or one by one, with other bits.
            TensorPrimitives.Subtract(x, TensorPrimitives.Max<float>(x), x);
            TensorPrimitives.Exp(x, x);
            return;
        }

        ref var start = ref MemoryMarshal.GetReference(x);
        var last = (nuint)(x.Length - Step);
        var most = Vector512.LoadUnsafe(ref start, last);
        for (nuint i = 0; i < last; i += Step)
            most = Vector512.Max(most, Vector512.LoadUnsafe(ref start, i));
        var half = Vector256.Max(most.GetLower(), most.GetUpper());
        var largest = half[0];
        for (var i = 1; i < Step / 2; i++)
            largest = MathF.Max(largest, half[i]);

        // The last vector overlaps the one before: it is taken first, from numbers that are not yet replaced.
        var end = Vector512.Exp(Vector512.LoadUnsafe(ref start, last) - Vector512.Create(largest));
        for (nuint i = 0; i < last; i += Step)
            Vector512.Exp(Vector512.LoadUnsafe(ref start, i) - Vector512.Create(largest)).StoreUnsafe(ref start, i);
        end.StoreUnsafe(ref start, last);
    }

    /// <summary>y_i = 1 / (1 + e^-x_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Sigmoid(ReadOnlySpan<float> x, Span<float> y)
    {
        if (x.Length < Step)
        {
            TensorPrimitives.Sigmoid(x, y);
            return;
        }

        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y[..x.Length]);
        var last = (nuint)(x.Length - Step);
        for (nuint i = 0; i < last; i += Step)
            Sigmoid(Vector512.LoadUnsafe(ref from, i)).StoreUnsafe(ref to, i);
        Sigmoid(Vector512.LoadUnsafe(ref from, last)).StoreUnsafe(ref to, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-x));
}
