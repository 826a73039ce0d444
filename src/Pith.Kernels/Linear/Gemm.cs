using System.Runtime.CompilerServices;
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

    // Tokens multiplied with four rows of W before the next four: their inputs stay in the second-level cache.
    private const int TokenBlock = 64;

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
        if (!Avx512F.IsSupported)
            Gemm256.Multiply(x, strideX, tokens, w, strideW, outputs, inner, y, strideY);
        else
            Multiply512(x, strideX, tokens, w, strideW, outputs, inner, y, strideY);
    }

    internal static void Multiply512(
        float* x, nint strideX, int tokens, float* w, nint strideW, int outputs, int inner, float* y, nint strideY)
    {
        for (var t = 0; t < tokens; t += TokenBlock)
            MultiplyBlock(x + (t * strideX), strideX, Math.Min(TokenBlock, tokens - t), w, strideW, outputs, inner, y + (t * strideY), strideY);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyBlock(
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(Vector512<float> sums) => Sum(sums.GetLower() + sums.GetUpper());

    /// <summary>Eight sums, each of two partial sums already, added as a tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(Vector256<float> sums)
    {
        var four = sums.GetLower() + sums.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    // One row of X, one of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Dot(float* x, float* w, int inner)
    {
        var sum = Vector512<float>.Zero;
        for (nint k = 0; k < inner; k += Lanes)
        {
            var mask = Mask(inner - k);
            sum = Vector512.FusedMultiplyAdd(Load(x + k, mask), Load(w + k, mask), sum);
        }

        return Sum(sum);
    }

    // One row of X, four of W: what a single token needs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1X4(float* x, float* w, nint strideW, int inner, float* y)
    {
        float* w0 = w, w1 = w + strideW, w2 = w1 + strideW, w3 = w2 + strideW;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nint k = 0; k < inner; k += Lanes)
        {
            var mask = Mask(inner - k);
            var a = Load(x + k, mask);
            s0 = Vector512.FusedMultiplyAdd(a, Load(w0 + k, mask), s0);
            s1 = Vector512.FusedMultiplyAdd(a, Load(w1 + k, mask), s1);
            s2 = Vector512.FusedMultiplyAdd(a, Load(w2 + k, mask), s2);
            s3 = Vector512.FusedMultiplyAdd(a, Load(w3 + k, mask), s3);
        }

        // Lane i of `four` has four partial sums of output i; after two steps all its elements are the whole sum.
        var four = Halves(Quarters(s0, s1), Quarters(s2, s3));
        var two = four + Avx512F.Shuffle(four, four, 0x4E);
        var one = two + Avx512F.Shuffle(two, two, 0xB1);
        Avx512F.PermuteVar16x32(one, Vector512.Create(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)).GetLower().GetLower().Store(y);
    }

    // Sixteen sums stay in registers; every step loads eight vectors for sixteen multiply-adds. Name: s, row of X, row of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4X4(float* x, nint strideX, float* w, nint strideW, int inner, float* y, nint strideY)
    {
        float* x0 = x, x1 = x + strideX, x2 = x1 + strideX, x3 = x2 + strideX;
        float* w0 = w, w1 = w + strideW, w2 = w1 + strideW, w3 = w2 + strideW;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        for (nint k = 0; k < inner; k += Lanes)
        {
            var mask = Mask(inner - k);
            var b0 = Load(w0 + k, mask);
            var b1 = Load(w1 + k, mask);
            var b2 = Load(w2 + k, mask);
            var b3 = Load(w3 + k, mask);
            var a = Load(x0 + k, mask);
            s00 = Vector512.FusedMultiplyAdd(a, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, b3, s03);
            a = Load(x1 + k, mask);
            s10 = Vector512.FusedMultiplyAdd(a, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, b3, s13);
            a = Load(x2 + k, mask);
            s20 = Vector512.FusedMultiplyAdd(a, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, b3, s23);
            a = Load(x3 + k, mask);
            s30 = Vector512.FusedMultiplyAdd(a, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, b3, s33);
        }

        // The 16 × 16 partial sums become 16 sums in 15 additions, in the tree's order: 8+8 and 4+4 across lanes, then 2+2 and 1+1 inside.
        // u_j: lane i has four partial sums of row i, column j; at the end lane i is row i of the tile.
        var u0 = Halves(Quarters(s00, s10), Quarters(s20, s30));
        var u1 = Halves(Quarters(s01, s11), Quarters(s21, s31));
        var u2 = Halves(Quarters(s02, s12), Quarters(s22, s32));
        var u3 = Halves(Quarters(s03, s13), Quarters(s23, s33));
        var v0 = Avx512F.Shuffle(u0, u1, 0x44) + Avx512F.Shuffle(u0, u1, 0xEE);
        var v1 = Avx512F.Shuffle(u2, u3, 0x44) + Avx512F.Shuffle(u2, u3, 0xEE);
        var sums = Avx512F.Shuffle(v0, v1, 0x88) + Avx512F.Shuffle(v0, v1, 0xDD);
        sums.GetLower().GetLower().Store(y);
        sums.GetLower().GetUpper().Store(y + strideY);
        sums.GetUpper().GetLower().Store(y + (2 * strideY));
        sums.GetUpper().GetUpper().Store(y + (3 * strideY));
    }

    // (a, b), each of four lanes, to (a.0+a.2, a.1+a.3, b.0+b.2, b.1+b.3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(Vector512<float> a, Vector512<float> b) =>
        Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);

    // (p, q), each of four lanes, to (p.0+p.1, p.2+p.3, q.0+q.1, q.2+q.3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(Vector512<float> p, Vector512<float> q) =>
        Avx512F.Shuffle4x128(p, q, 0x88) + Avx512F.Shuffle4x128(p, q, 0xDD);

    // The lanes which the rest of a row fills. Every step is masked: a second, unmasked loop would keep the sums in two places, and then the
    // compiler spills them at every step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Mask(nint left) => Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)left));

    // Zeros in the other lanes: lane j still holds k ≡ j, and fma(0, 0, s) is s. Nothing is read there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* source, Vector512<float> mask) =>
        Avx512F.MaskLoad(source, mask, Vector512<float>.Zero);
}
