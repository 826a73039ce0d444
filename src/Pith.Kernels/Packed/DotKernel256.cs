using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary><see cref="DotKernel512{TCodes}"/> for processors with 256-bit vectors: the same sums in the same order, the same bits.</summary>
internal static unsafe class DotKernel256<TCodes>
    where TCodes : struct, IBlockCodes
{
    /// <summary>y[16] = W · x for one token.</summary>
    public static void One(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y) =>
        Rows(record, records, values, x, exponents, corrections, y, width: 1);

    /// <summary>y[8][16] = W · x for eight tokens; the group of rows stays in the cache between them.</summary>
    public static void Eight(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y)
    {
        for (var token = 0; token < ActivationBlocks.TileTokens; token++)
        {
            Rows(
                record, records, values, x + (token * Tile.BlockColumns), exponents + token, corrections + token, y + (token * Tile.Rows),
                ActivationBlocks.TileTokens);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rows(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y, int width)
    {
        var table = Avx2.BroadcastVector128ToVector256(values);
        var ones = Vector256.Create((short)1);
        Vector256<float> even0 = default, odd0 = default, even1 = default, odd1 = default;
        for (var i = 0; i < records; i++)
        {
            var scales = (int*)(record + TCodes.RecordBytes - Tile.ExponentBytes);
            var scales0 = Vector256.Load(scales);
            var scales1 = Vector256.Load(scales + 8);
            for (var block = 0; block < Tile.Blocks; block += 2)
            {
                even0 = Step(TCodes.Load(record, block, 0, table), (int*)x, ones, scales0 << 23, *exponents, *corrections, even0);
                even1 = Step(TCodes.Load(record, block, 1, table), (int*)x, ones, scales1 << 23, *exponents, *corrections, even1);
                x += width * Tile.BlockColumns;
                exponents += width;
                corrections += width;
                odd0 = Step(TCodes.Load(record, block + 1, 0, table), (int*)x, ones, scales0 << 15, *exponents, *corrections, odd0);
                odd1 = Step(TCodes.Load(record, block + 1, 1, table), (int*)x, ones, scales1 << 15, *exponents, *corrections, odd1);
                x += width * Tile.BlockColumns;
                exponents += width;
                corrections += width;
                scales0 >>>= 16;
                scales1 >>>= 16;
            }

            record += TCodes.RecordBytes;
        }

        (even0 + odd0).Store(y);
        (even1 + odd1).Store(y + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Step(
        in Codes256 codes, int* x, Vector256<short> ones, Vector256<int> scale, int exponent, int correction, Vector256<float> sum)
    {
        var exact = TCodes.Dot(codes, x, ones) - Vector256.Create(correction);
        var power = (scale & Vector256.Create(0x7F800000)) + Vector256.Create(exponent);
        return Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(exact), power.AsSingle(), sum);
    }
}
