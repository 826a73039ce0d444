using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Ops;

/// <summary>Sums and products of rows, element by element.</summary>
/// <remarks>As those of System.Numerics.Tensors; but these are compiled well before their first call, whereas a short program
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
        ref var start = ref MemoryMarshal.GetReference(x);
        nuint i = 0;
        var most = Vector512.Create(float.NegativeInfinity);
        for (; i + Step <= (nuint)x.Length; i += Step)
            most = Vector512.Max(most, Vector512.LoadUnsafe(ref start, i));
        var largest = most[0];
        for (var lane = 1; lane < Step; lane++)
            largest = MathF.Max(largest, most[lane]);
        for (; i < (nuint)x.Length; i++)
            largest = MathF.Max(largest, Unsafe.Add(ref start, i));
        i = 0;
        for (; i + Step <= (nuint)x.Length; i += Step)
            Exp(Vector512.LoadUnsafe(ref start, i) - Vector512.Create(largest)).StoreUnsafe(ref start, i);
        if (i == (nuint)x.Length)
            return;
        Span<float> rest = stackalloc float[Step];
        rest.Clear();
        x[(int)i..].CopyTo(rest);
        Exp(Vector512.Create<float>(rest) - Vector512.Create(largest)).CopyTo(rest);
        rest[..(x.Length - (int)i)].CopyTo(x[(int)i..]);
    }

    /// <summary>y_i = 1 / (1 + e^-x_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Sigmoid(ReadOnlySpan<float> x, Span<float> y)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y[..x.Length]);
        nuint i = 0;
        for (; i + Step <= (nuint)x.Length; i += Step)
            Sigmoid(Vector512.LoadUnsafe(ref from, i)).StoreUnsafe(ref to, i);
        if (i == (nuint)x.Length)
            return;
        Span<float> rest = stackalloc float[Step];
        rest.Clear();
        x[(int)i..].CopyTo(rest);
        Sigmoid(Vector512.Create<float>(rest)).CopyTo(rest);
        rest[..(x.Length - (int)i)].CopyTo(y[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    // Computed in double precision, relative error below 2^-45, then rounded: the float next to e^x but for one argument in a million.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        // Below -104 even the smallest subnormal is too large, above 89 the result is infinite.
        var clamped = Vector512.Min(Vector512.Max(x, Vector512.Create(-105f)), Vector512.Create(90f));
        var (low, high) = Vector512.Widen(clamped);
        return Vector512.Narrow(Exp(low), Exp(high));
    }

    // e^x = 2^n · e^r with n = x / ln 2 rounded and |r| ≤ ln 2 / 2; e^r by its Taylor polynomial up to r^11 (the next term is below 2^-47).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Exp(Vector512<double> x)
    {
        // Doubles from 2^52 to 2^53 are the integers, so adding 1.5 · 2^52 rounds, and leaves n in the lowest bits.
        var magic = Vector512.Create(6755399441055744.0);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.4426950408889634), magic);
        var r = Vector512.FusedMultiplyAdd(shifted - magic, Vector512.Create(-0.6931471805599453), x);
        var p = Vector512.FusedMultiplyAdd(r, Vector512.Create(1.0 / 39916800), Vector512.Create(1.0 / 3628800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 362880));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 40320));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        return (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }
}
