using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Linear;

/// <summary><see cref="Gemm"/> on 256-bit vectors: the sixteen partial sums of an element are two vectors, added in the same order.</summary>
internal static unsafe class Gemm256
{
    private const int Half = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(
        float* x, nint strideX, int tokens, float* w, nint strideW, int outputs, int inner, float* y, nint strideY)
    {
        var n = 0;
        for (; n + 2 <= outputs; n += 2)
        {
            var rows = w + (n * strideW);
            var t = 0;
            for (; t + 2 <= tokens; t += 2)
                Tile2X2(x + (t * strideX), strideX, rows, strideW, inner, y + (t * strideY) + n, strideY);
            if (t < tokens)
            {
                y[(t * strideY) + n] = Dot(x + (t * strideX), rows, inner);
                y[(t * strideY) + n + 1] = Dot(x + (t * strideX), rows + strideW, inner);
            }
        }

        for (var t = 0; n < outputs && t < tokens; t++)
            y[(t * strideY) + n] = Dot(x + (t * strideX), w + (n * strideW), inner);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Dot(float* x, float* w, int inner)
    {
        Vector256<float> low = default, high = default;
        var k = 0;
        for (; k + Gemm.Lanes <= inner; k += Gemm.Lanes)
        {
            low = Vector256.FusedMultiplyAdd(Vector256.Load(x + k), Vector256.Load(w + k), low);
            high = Vector256.FusedMultiplyAdd(Vector256.Load(x + k + Half), Vector256.Load(w + k + Half), high);
        }

        if (k < inner)
        {
            var left = inner - k;
            low = Vector256.FusedMultiplyAdd(Tail(x + k, left), Tail(w + k, left), low);
            high = Vector256.FusedMultiplyAdd(Tail(x + k + Half, left - Half), Tail(w + k + Half, left - Half), high);
        }

        return Gemm.Sum(low + high);
    }

    // Eight sums; name: low or high half, row of X, row of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2X2(float* x, nint strideX, float* w, nint strideW, int inner, float* y, nint strideY)
    {
        float* x0 = x, x1 = x + strideX;
        float* w0 = w, w1 = w + strideW;
        Vector256<float> l00 = default, l01 = default, l10 = default, l11 = default;
        Vector256<float> h00 = default, h01 = default, h10 = default, h11 = default;
        var k = 0;
        for (; k + Gemm.Lanes <= inner; k += Gemm.Lanes)
        {
            var a0 = Vector256.Load(x0 + k);
            var a1 = Vector256.Load(x1 + k);
            var b = Vector256.Load(w0 + k);
            l00 = Vector256.FusedMultiplyAdd(a0, b, l00);
            l10 = Vector256.FusedMultiplyAdd(a1, b, l10);
            b = Vector256.Load(w1 + k);
            l01 = Vector256.FusedMultiplyAdd(a0, b, l01);
            l11 = Vector256.FusedMultiplyAdd(a1, b, l11);
            a0 = Vector256.Load(x0 + k + Half);
            a1 = Vector256.Load(x1 + k + Half);
            b = Vector256.Load(w0 + k + Half);
            h00 = Vector256.FusedMultiplyAdd(a0, b, h00);
            h10 = Vector256.FusedMultiplyAdd(a1, b, h10);
            b = Vector256.Load(w1 + k + Half);
            h01 = Vector256.FusedMultiplyAdd(a0, b, h01);
            h11 = Vector256.FusedMultiplyAdd(a1, b, h11);
        }

        if (k < inner)
        {
            var left = inner - k;
            var a0 = Tail(x0 + k, left);
            var a1 = Tail(x1 + k, left);
            var b = Tail(w0 + k, left);
            l00 = Vector256.FusedMultiplyAdd(a0, b, l00);
            l10 = Vector256.FusedMultiplyAdd(a1, b, l10);
            b = Tail(w1 + k, left);
            l01 = Vector256.FusedMultiplyAdd(a0, b, l01);
            l11 = Vector256.FusedMultiplyAdd(a1, b, l11);
            left -= Half;
            a0 = Tail(x0 + k + Half, left);
            a1 = Tail(x1 + k + Half, left);
            b = Tail(w0 + k + Half, left);
            h00 = Vector256.FusedMultiplyAdd(a0, b, h00);
            h10 = Vector256.FusedMultiplyAdd(a1, b, h10);
            b = Tail(w1 + k + Half, left);
            h01 = Vector256.FusedMultiplyAdd(a0, b, h01);
            h11 = Vector256.FusedMultiplyAdd(a1, b, h11);
        }

        y[0] = Gemm.Sum(l00 + h00);
        y[1] = Gemm.Sum(l01 + h01);
        y[strideY] = Gemm.Sum(l10 + h10);
        y[strideY + 1] = Gemm.Sum(l11 + h11);
    }

    // The first min(count, 8) elements, zeros above; nothing is read where the count is not positive.
    private static Vector256<float> Tail(float* source, int count)
    {
        if (count >= Half)
            return Vector256.Load(source);
        var padded = stackalloc float[Half];
        for (var i = 0; i < count; i++)
            padded[i] = source[i];
        return Vector256.Load(padded);
    }
}
