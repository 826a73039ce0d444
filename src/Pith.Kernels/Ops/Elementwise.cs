using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Ops;

/// <summary>Sums and products of rows, element by element.</summary>
/// <remarks>As those of System.Numerics.Tensors; but these are compiled well before their first call, whereas a short program
/// is over before that library's methods are. A result may lie in the memory of an operand. Thread-safe.</remarks>
public static class Elementwise
{
    private const int Step = 8;

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
            (Vector256.LoadUnsafe(ref first, i) + Vector256.LoadUnsafe(ref second, i)).StoreUnsafe(ref to, i);
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
            (Vector256.LoadUnsafe(ref first, i) * Vector256.LoadUnsafe(ref second, i)).StoreUnsafe(ref to, i);
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
            (Vector256.LoadUnsafe(ref from, i) * Vector256.Create(factor)).StoreUnsafe(ref to, i);
        for (; i < (nuint)x.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i) * factor;
    }

    /// <summary>x_i becomes exp(x_i - max x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void ExpFromLargest(Span<float> x)
    {
        ref var start = ref MemoryMarshal.GetReference(x);
        nuint i = 0;
        var most = Vector256.Create(float.NegativeInfinity);
        for (; i + Step <= (nuint)x.Length; i += Step)
            most = Vector256.Max(most, Vector256.LoadUnsafe(ref start, i));
        var largest = most[0];
        for (var lane = 1; lane < Step; lane++)
            largest = MathF.Max(largest, most[lane]);
        for (; i < (nuint)x.Length; i++)
            largest = MathF.Max(largest, Unsafe.Add(ref start, i));
        i = 0;
        for (; i + Step <= (nuint)x.Length; i += Step)
            Exp(Vector256.LoadUnsafe(ref start, i) - Vector256.Create(largest)).StoreUnsafe(ref start, i);
        if (i == (nuint)x.Length)
            return;
        Span<float> rest = stackalloc float[Step];
        rest.Clear();
        x[(int)i..].CopyTo(rest);
        Exp(Vector256.Create<float>(rest) - Vector256.Create(largest)).CopyTo(rest);
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
            Sigmoid(Vector256.LoadUnsafe(ref from, i)).StoreUnsafe(ref to, i);
        if (i == (nuint)x.Length)
            return;
        Span<float> rest = stackalloc float[Step];
        rest.Clear();
        x[(int)i..].CopyTo(rest);
        Sigmoid(Vector256.Create<float>(rest)).CopyTo(rest);
        rest[..(x.Length - (int)i)].CopyTo(y[(int)i..]);
    }

    /// <summary>y_i = e^((x_i - largest) / divisor), zero below e^-700; relative error at most 2^-41.</summary>
    /// <param name="x">[n], none above <paramref name="largest"/>, none NaN.</param>
    /// <param name="largest">Finite.</param>
    /// <param name="divisor">Positive and finite; as small as it may be, 0 / divisor is 0.</param>
    /// <param name="y">At least n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void ExpOfDistance(ReadOnlySpan<float> x, double largest, double divisor, Span<double> y)
    {
        const int Doubles = Step / 2;
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y[..x.Length]);
        nuint i = 0;
        for (; i + Step <= (nuint)x.Length; i += Step)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            ExpOfDistance(low, largest, divisor).StoreUnsafe(ref to, i);
            ExpOfDistance(high, largest, divisor).StoreUnsafe(ref to, i + Doubles);
        }

        for (; i < (nuint)x.Length; i++)
            Unsafe.Add(ref to, i) = ExpOfDistance(Vector256.Create((double)Unsafe.Add(ref from, i)), largest, divisor)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ExpOfDistance(Vector256<double> x, double largest, double divisor)
    {
        // e^-700 is still a normal number.
        var least = Vector256.Create(-700.0);
        var distance = (x - Vector256.Create(largest)) / Vector256.Create(divisor);
        return Vector256.GreaterThan(distance, least) & Exp(Vector256.Max(distance, least));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp(-x));

    // Computed in double precision, relative error below 2^-45, then rounded: the float next to e^x but for one argument in a million.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        // Below -104 even the smallest subnormal is too large, above 89 the result is infinite.
        var clamped = Vector256.Min(Vector256.Max(x, Vector256.Create(-105f)), Vector256.Create(90f));
        var (low, high) = Vector256.Widen(clamped);
        return Vector256.Narrow(Exp(low), Exp(high));
    }

    // e^x = 2^n · e^r with n = x / ln 2 rounded and |r| ≤ ln 2 / 2; e^r by its Taylor polynomial up to r^11 (the next term is below 2^-47).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Exp(Vector256<double> x)
    {
        // Doubles from 2^52 to 2^53 are the integers, so adding 1.5 · 2^52 rounds, and leaves n in the lowest bits.
        var magic = Vector256.Create(6755399441055744.0);
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(1.4426950408889634), magic);
        var r = Vector256.FusedMultiplyAdd(shifted - magic, Vector256.Create(-0.6931471805599453), x);
        var p = Vector256.FusedMultiplyAdd(r, Vector256.Create(1.0 / 39916800), Vector256.Create(1.0 / 3628800));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 362880));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 40320));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 5040));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 720));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 120));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 24));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.5));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        return (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }
}
