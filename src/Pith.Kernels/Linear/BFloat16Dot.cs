using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>One token times rows of bfloat16, with the additions of <see cref="Gemm"/> in their order.</summary>
/// <remarks>Bound by the reading of the weight: 256-bit vectors serve every processor.</remarks>
internal static unsafe class BFloat16Dot
{
    private const int Half = 8;
    private const int LineElements = 64 / sizeof(ushort);

    /// <summary>y[n] = Σ_k x[k] · W[n, k].</summary>
    /// <param name="x">[inner].</param>
    /// <param name="w">[outputs, inner], row-major.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="inner">Length of the contraction.</param>
    /// <param name="y">[outputs].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(float* x, ushort* w, int outputs, int inner, float* y)
    {
        var n = 0;
        if (inner % Gemm.Lanes == 0)
        {
            for (; n + Gemm256.TileOutputs <= outputs; n += Gemm256.TileOutputs)
                Four(x, w + ((nint)n * inner), inner, y + n);
        }

        for (; n < outputs; n++)
            y[n] = One(x, w + ((nint)n * inner), inner);
    }

    // Four rows of whole vectors. Rows end before the processor has recognised them as streams, so the next four are asked for by hand.
    // Name: low or high half, row of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Four(float* x, ushort* w, int inner, float* y)
    {
        ushort* w0 = w, w1 = w + inner, w2 = w1 + inner, w3 = w2 + inner;
        var next = w3 + inner;
        Vector256<float> l0 = default, l1 = default, l2 = default, l3 = default;
        Vector256<float> h0 = default, h1 = default, h2 = default, h3 = default;
        for (nint k = 0; k < inner; k += Gemm.Lanes)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(next + (4 * k));
                Sse.Prefetch0(next + (4 * k) + LineElements);
            }

            var a = Vector256.Load(x + k);
            l0 = Vector256.FusedMultiplyAdd(a, Eight(w0 + k), l0);
            l1 = Vector256.FusedMultiplyAdd(a, Eight(w1 + k), l1);
            l2 = Vector256.FusedMultiplyAdd(a, Eight(w2 + k), l2);
            l3 = Vector256.FusedMultiplyAdd(a, Eight(w3 + k), l3);
            a = Vector256.Load(x + k + Half);
            h0 = Vector256.FusedMultiplyAdd(a, Eight(w0 + k + Half), h0);
            h1 = Vector256.FusedMultiplyAdd(a, Eight(w1 + k + Half), h1);
            h2 = Vector256.FusedMultiplyAdd(a, Eight(w2 + k + Half), h2);
            h3 = Vector256.FusedMultiplyAdd(a, Eight(w3 + k + Half), h3);
        }

        Gemm256.Sums(l0 + h0, l1 + h1, l2 + h2, l3 + h3).Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float One(float* x, ushort* w, int inner)
    {
        Vector256<float> low = default, high = default;
        var k = 0;
        for (; k + Gemm.Lanes <= inner; k += Gemm.Lanes)
        {
            low = Vector256.FusedMultiplyAdd(Vector256.Load(x + k), Eight(w + k), low);
            high = Vector256.FusedMultiplyAdd(Vector256.Load(x + k + Half), Eight(w + k + Half), high);
        }

        if (k < inner)
        {
            // Zeros behind the last column: fma(0, 0, s) is s.
            var columns = stackalloc float[Gemm.Lanes];
            var numbers = stackalloc ushort[Gemm.Lanes];
            for (var i = 0; i < Gemm.Lanes; i++)
                (columns[i], numbers[i]) = k + i < inner ? (x[k + i], w[k + i]) : (0, (ushort)0);
            low = Vector256.FusedMultiplyAdd(Vector256.Load(columns), Eight(numbers), low);
            high = Vector256.FusedMultiplyAdd(Vector256.Load(columns + Half), Eight(numbers + Half), high);
        }

        return Gemm.Sum(low + high);
    }

    // A bfloat16 is the upper half of a binary32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(ushort* source) =>
        (Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()) << 16).AsSingle();
}
