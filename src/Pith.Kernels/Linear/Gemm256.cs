using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Linear;

/// <summary><see cref="Gemm"/> on 256-bit vectors: the sixteen partial sums of an element are two vectors, added in the same order.</summary>
/// <remarks>Sixteen registers hold the sums of twelve elements, but only one half of each. So a tile of 3 × 4 elements goes twice over its
/// seven rows: the columns with k mod 16 &lt; 8 first, then the others. The rows are packed in this order beforehand, [half][k / 16][row][8],
/// with zeros behind the last column and row: those of X for as many tokens as the second-level cache takes, those of W for one tile.</remarks>
internal static unsafe class Gemm256
{
    private const int Half = 8;
    private const int TileTokens = 3;
    internal const int TileOutputs = 4;

    // Packed rows of X, 384 KiB: what stays in a second-level cache of 512 KiB beside the rows of W.
    private const int BlockElements = 96 * 1024;

    // Packed rows begin at a line of the cache, for a load that reaches into the next line costs two.
    private const int LineBytes = 64;
    private const int LineElements = LineBytes / sizeof(float);

    // Partial sums of a tile, [row of X][row of W][16].
    private const int TileSums = TileTokens * TileOutputs * Gemm.Lanes;

    public static void Multiply(
        float* x, nint strideX, int tokens, float* w, nint strideW, int outputs, int inner, float* y, nint strideY)
    {
        if (tokens < TileTokens)
        {
            for (var t = 0; t < tokens; t++)
                MultiplyToken(x + (t * strideX), w, strideW, outputs, inner, y + (t * strideY));
            return;
        }

        var padded = (inner + Gemm.Lanes - 1) / Gemm.Lanes * Gemm.Lanes;
        var tiles = Math.Min((tokens + TileTokens - 1) / TileTokens, Math.Max(1, BlockElements / (TileTokens * padded)));
        var scratch = ArrayPool<float>.Shared.Rent(checked((((TileTokens * tiles) + TileOutputs) * padded) + LineElements));
        fixed (float* memory = scratch)
        {
            var packed = (float*)(((nuint)memory + LineBytes - 1) / LineBytes * LineBytes);
            var packedX = packed + (TileOutputs * padded);
            for (var t = 0; t < tokens; t += TileTokens * tiles)
            {
                var count = Math.Min(TileTokens * tiles, tokens - t);
                for (var row = 0; row < count; row += TileTokens)
                    Pack(x + ((t + row) * strideX), strideX, Math.Min(TileTokens, count - row), TileTokens, inner, packedX + ((nint)row * padded));
                for (var n = 0; n < outputs; n += TileOutputs)
                {
                    Pack(w + (n * strideW), strideW, Math.Min(TileOutputs, outputs - n), TileOutputs, inner, packed);
                    MultiplyTiles(packedX, count, packed, Math.Min(TileOutputs, outputs - n), padded, y + (t * strideY) + n, strideY);
                }
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    // All packed rows of X with one tile of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyTiles(float* x, int tokens, float* w, int outputs, int inner, float* y, nint strideY)
    {
        var sums = stackalloc float[TileSums];
        for (var t = 0; t < tokens; t += TileTokens)
        {
            var rows = x + ((nint)t * inner);
            AddHalf(rows, w, inner, sums);
            AddHalf(rows + (TileTokens * inner / 2), w + (TileOutputs * inner / 2), inner, sums + Half);
            for (var row = 0; row < Math.Min(TileTokens, tokens - t); row++)
            {
                var own = sums + (row * TileOutputs * Gemm.Lanes);
                var four = Sums(Halves(own), Halves(own + 16), Halves(own + 32), Halves(own + 48));
                var to = y + ((t + row) * strideY);
                if (outputs == TileOutputs)
                    four.Store(to);
                else
                    StoreFirst(four, to, outputs);
            }
        }
    }

    // One half of the partial sums of three rows of X and four of W, both packed. Twelve sums stay in registers; every step loads seven
    // vectors for twelve multiply-adds. Name: s, row of X, row of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddHalf(float* x, float* w, int inner, float* sums)
    {
        Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s23 = default;
        for (var k = 0; k < inner; k += Gemm.Lanes)
        {
            var a0 = Vector256.Load(x);
            var a1 = Vector256.Load(x + 8);
            var a2 = Vector256.Load(x + 16);
            var b = Vector256.Load(w);
            s00 = Vector256.FusedMultiplyAdd(a0, b, s00);
            s10 = Vector256.FusedMultiplyAdd(a1, b, s10);
            s20 = Vector256.FusedMultiplyAdd(a2, b, s20);
            b = Vector256.Load(w + 8);
            s01 = Vector256.FusedMultiplyAdd(a0, b, s01);
            s11 = Vector256.FusedMultiplyAdd(a1, b, s11);
            s21 = Vector256.FusedMultiplyAdd(a2, b, s21);
            b = Vector256.Load(w + 16);
            s02 = Vector256.FusedMultiplyAdd(a0, b, s02);
            s12 = Vector256.FusedMultiplyAdd(a1, b, s12);
            s22 = Vector256.FusedMultiplyAdd(a2, b, s22);
            b = Vector256.Load(w + 24);
            s03 = Vector256.FusedMultiplyAdd(a0, b, s03);
            s13 = Vector256.FusedMultiplyAdd(a1, b, s13);
            s23 = Vector256.FusedMultiplyAdd(a2, b, s23);
            x += TileTokens * Half;
            w += TileOutputs * Half;
        }

        s00.Store(sums);
        s01.Store(sums + 16);
        s02.Store(sums + 32);
        s03.Store(sums + 48);
        s10.Store(sums + 64);
        s11.Store(sums + 80);
        s12.Store(sums + 96);
        s13.Store(sums + 112);
        s20.Store(sums + 128);
        s21.Store(sums + 144);
        s22.Store(sums + 160);
        s23.Store(sums + 176);
    }

    // [half][k / 16][row][8], zeros where there is no row or no column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Pack(float* source, nint stride, int present, int rows, int inner, float* packed)
    {
        for (var half = 0; half < Gemm.Lanes; half += Half)
        {
            var last = packed;
            for (var row = 0; row < rows; row++)
            {
                var from = source + (row * stride) + half;
                var to = packed + (row * Half);
                var left = row < present ? inner - half : 0;
                for (; left >= Half; left -= Gemm.Lanes, from += Gemm.Lanes, to += rows * Half)
                    Vector256.Load(from).Store(to);
                last = packed + ((nint)(inner + Gemm.Lanes - 1) / Gemm.Lanes * rows * Half);
                for (; to < last; left = 0, to += rows * Half)
                    First(from, left).Store(to);
            }

            packed = last;
        }
    }

    // One token: each number of W is used once, so nothing is packed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyToken(float* x, float* w, nint strideW, int outputs, int inner, float* y)
    {
        var n = 0;
        if (inner % Gemm.Lanes == 0)
        {
            for (; n + TileOutputs <= outputs; n += TileOutputs)
                DotFour(x, w + (n * strideW), strideW, inner, y + n);
        }

        for (; n < outputs; n++)
            y[n] = Dot(x, w + (n * strideW), inner);
    }

    // One row of X, four of W, of whole vectors. Rows end before the processor has recognised them as streams, so the next four are asked for
    // by hand. Name: low or high half, row of W.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DotFour(float* x, float* w, nint strideW, int inner, float* y)
    {
        float* w0 = w, w1 = w + strideW, w2 = w1 + strideW, w3 = w2 + strideW;
        var next = strideW * TileOutputs;
        Vector256<float> l0 = default, l1 = default, l2 = default, l3 = default;
        Vector256<float> h0 = default, h1 = default, h2 = default, h3 = default;
        for (nint k = 0; k < inner; k += Gemm.Lanes)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(w0 + next + k);
                Sse.Prefetch0(w1 + next + k);
                Sse.Prefetch0(w2 + next + k);
                Sse.Prefetch0(w3 + next + k);
            }

            var a = Vector256.Load(x + k);
            l0 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w0 + k), l0);
            l1 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w1 + k), l1);
            l2 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w2 + k), l2);
            l3 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w3 + k), l3);
            a = Vector256.Load(x + k + Half);
            h0 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w0 + k + Half), h0);
            h1 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w1 + k + Half), h1);
            h2 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w2 + k + Half), h2);
            h3 = Vector256.FusedMultiplyAdd(a, Vector256.Load(w3 + k + Half), h3);
        }

        Sums(l0 + h0, l1 + h1, l2 + h2, l3 + h3).Store(y);
    }

    // One row of X, one of W.
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
            low = Vector256.FusedMultiplyAdd(First(x + k, inner - k), First(w + k, inner - k), low);
            k += Half;
            high = Vector256.FusedMultiplyAdd(First(x + k, inner - k), First(w + k, inner - k), high);
        }

        return Gemm.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* sums) => Vector256.Load(sums) + Vector256.Load(sums + Half);

    // Four times Gemm.Sum, with the same additions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Sums(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        if (!Sse.IsSupported)
            return Vector128.Create(Gemm.Sum(a), Gemm.Sum(b), Gemm.Sum(c), Gemm.Sum(d));
        Vector128<float> a4 = a.GetLower() + a.GetUpper(), b4 = b.GetLower() + b.GetUpper();
        Vector128<float> c4 = c.GetLower() + c.GetUpper(), d4 = d.GetLower() + d.GetUpper();
        var ab = Sse.Shuffle(a4, b4, 0x44) + Sse.Shuffle(a4, b4, 0xEE);
        var cd = Sse.Shuffle(c4, d4, 0x44) + Sse.Shuffle(c4, d4, 0xEE);
        return Sse.Shuffle(ab, cd, 0x88) + Sse.Shuffle(ab, cd, 0xDD);
    }

    // The first min(count, 8) elements, zeros above: lane j still holds k ≡ j, and fma(0, 0, s) is s. Nothing else is read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> First(float* source, int count)
    {
        var padded = stackalloc float[Half];
        for (var i = 0; i < Half; i++)
            padded[i] = i < count ? source[i] : 0;
        return Vector256.Load(padded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreFirst(Vector128<float> values, float* destination, int count)
    {
        for (var i = 0; i < count; i++)
            destination[i] = values[i];
    }
}
