using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary>Y[t, n] = Σ_k X[t, k] · W[n, k]: both operands lie with the contraction along their rows.</summary>
/// <remarks>Every element is reduced in one order whatever its tile, its neighbours or the vector width of the machine: 16 partial sums,
/// the j-th over k ≡ j (mod 16) ascending, each step one fused multiply-add; then the sixteen are added as a tree (8+8, 4+4, 2+2, 1+1).
/// So a token's result does not depend on how many tokens run beside it. Scalar equivalent: <see cref="LinearReference"/>.</remarks>
internal static unsafe class Gemm
{
    internal const int Lanes = 16;

    /// <summary>Multiplies with the widest vectors of this machine.</summary>
    /// <param name="x">[tokens, inner], rows <paramref name="strideX"/> apart.</param>
    /// <param name="strideX">Elements from a row to the next.</param>
    /// <param name="tokens">Rows of X and Y.</param>
    /// <param name="w">[outputs, inner], rows <paramref name="strideW"/> apart.</param>
    /// <param name="strideW">Elements from a row to the next.</param>
    /// <param name="outputs">Rows of W, columns of Y.</param>
    /// <param name="inner">Length of the contraction.</param>
    /// <param name="y">[tokens, outputs], rows <paramref name="strideY"/> apart.</param>
    /// <param name="strideY">Elements from a row to the next.</param>
    public static void Multiply(
        float* x, nint strideX, int tokens, float* w, nint strideW, int outputs, int inner, float* y, nint strideY)
    {
        if (Vector512.IsHardwareAccelerated)
            Multiply512(x, strideX, tokens, w, strideW, outputs, inner, y, strideY);
        else
            Gemm256.Multiply(x, strideX, tokens, w, strideW, outputs, inner, y, strideY);
    }

    internal static void Multiply512(
        float* x, nint strideX, int tokens, float* w, nint strideW, int outputs, int inner, float* y, nint strideY)
    {
        var n = 0;
        for (; n + 4 <= outputs; n += 4)
        {
            var rows = w + (n * strideW);
            var t = 0;
            for (; t + 4 <= tokens; t += 4)
                Tile4X4(x + (t * strideX), strideX, rows, strideW, inner, y + (t * strideY) + n, strideY);
            for (; t < tokens; t++)
                Tile1X4(x + (t * strideX), rows, strideW, inner, y + (t * strideY) + n);
        }

        for (; n < outputs; n++)
        {
            for (var t = 0; t < tokens; t++)
                y[(t * strideY) + n] = Dot(x + (t * strideX), w + (n * strideW), inner);
        }
    }

    /// <summary>The sixteen partial sums added as a tree.</summary>
    internal static float Sum(Vector512<float> sums) => Sum(sums.GetLower() + sums.GetUpper());

    /// <summary>Eight sums, each of two partial sums already, added as a tree.</summary>
    internal static float Sum(Vector256<float> sums)
    {
        var four = sums.GetLower() + sums.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    // One row of X, one of W.
    private static float Dot(float* x, float* w, int inner)
    {
        var sum = Vector512<float>.Zero;
        var k = 0;
        for (; k + Lanes <= inner; k += Lanes)
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + k), Vector512.Load(w + k), sum);
        if (k < inner)
            sum = Vector512.FusedMultiplyAdd(Tail(x + k, inner - k), Tail(w + k, inner - k), sum);
        return Sum(sum);
    }

    // One row of X, four of W: what a single token needs.
    private static void Tile1X4(float* x, float* w, nint strideW, int inner, float* y)
    {
        float* w0 = w, w1 = w + strideW, w2 = w1 + strideW, w3 = w2 + strideW;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var k = 0;
        for (; k + Lanes <= inner; k += Lanes)
        {
            var a = Vector512.Load(x + k);
            s0 = Vector512.FusedMultiplyAdd(a, Vector512.Load(w0 + k), s0);
            s1 = Vector512.FusedMultiplyAdd(a, Vector512.Load(w1 + k), s1);
            s2 = Vector512.FusedMultiplyAdd(a, Vector512.Load(w2 + k), s2);
            s3 = Vector512.FusedMultiplyAdd(a, Vector512.Load(w3 + k), s3);
        }

        if (k < inner)
        {
            var left = inner - k;
            var a = Tail(x + k, left);
            s0 = Vector512.FusedMultiplyAdd(a, Tail(w0 + k, left), s0);
            s1 = Vector512.FusedMultiplyAdd(a, Tail(w1 + k, left), s1);
            s2 = Vector512.FusedMultiplyAdd(a, Tail(w2 + k, left), s2);
            s3 = Vector512.FusedMultiplyAdd(a, Tail(w3 + k, left), s3);
        }

        y[0] = Sum(s0);
        y[1] = Sum(s1);
        y[2] = Sum(s2);
        y[3] = Sum(s3);
    }

    // Sixteen sums stay in registers; every step loads eight vectors for sixteen multiply-adds. Name: s, row of X, row of W.
    private static void Tile4X4(float* x, nint strideX, float* w, nint strideW, int inner, float* y, nint strideY)
    {
        float* x0 = x, x1 = x + strideX, x2 = x1 + strideX, x3 = x2 + strideX;
        float* w0 = w, w1 = w + strideW, w2 = w1 + strideW, w3 = w2 + strideW;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        var k = 0;
        for (; k + Lanes <= inner; k += Lanes)
        {
            var b0 = Vector512.Load(w0 + k);
            var b1 = Vector512.Load(w1 + k);
            var b2 = Vector512.Load(w2 + k);
            var b3 = Vector512.Load(w3 + k);
            var a = Vector512.Load(x0 + k);
            s00 = Vector512.FusedMultiplyAdd(a, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, b3, s03);
            a = Vector512.Load(x1 + k);
            s10 = Vector512.FusedMultiplyAdd(a, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, b3, s13);
            a = Vector512.Load(x2 + k);
            s20 = Vector512.FusedMultiplyAdd(a, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, b3, s23);
            a = Vector512.Load(x3 + k);
            s30 = Vector512.FusedMultiplyAdd(a, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, b3, s33);
        }

        if (k < inner)
        {
            var left = inner - k;
            var b0 = Tail(w0 + k, left);
            var b1 = Tail(w1 + k, left);
            var b2 = Tail(w2 + k, left);
            var b3 = Tail(w3 + k, left);
            var a = Tail(x0 + k, left);
            s00 = Vector512.FusedMultiplyAdd(a, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, b3, s03);
            a = Tail(x1 + k, left);
            s10 = Vector512.FusedMultiplyAdd(a, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, b3, s13);
            a = Tail(x2 + k, left);
            s20 = Vector512.FusedMultiplyAdd(a, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, b3, s23);
            a = Tail(x3 + k, left);
            s30 = Vector512.FusedMultiplyAdd(a, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, b3, s33);
        }

        Store(y, s00, s01, s02, s03);
        Store(y + strideY, s10, s11, s12, s13);
        Store(y + (2 * strideY), s20, s21, s22, s23);
        Store(y + (3 * strideY), s30, s31, s32, s33);
    }

    private static void Store(float* y, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        y[0] = Sum(s0);
        y[1] = Sum(s1);
        y[2] = Sum(s2);
        y[3] = Sum(s3);
    }

    // The last elements of a row in the lower lanes, zeros above: lane j still holds k ≡ j, and fma(0, 0, s) is s.
    private static Vector512<float> Tail(float* source, int count)
    {
        if (Avx512F.IsSupported)
            return Avx512F.MaskLoad(source, Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)count)), Vector512<float>.Zero);
        var padded = stackalloc float[Lanes];
        for (var i = 0; i < count; i++)
            padded[i] = source[i];
        return Vector512.Load(padded);
    }
}
