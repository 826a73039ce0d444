using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary><see cref="DotKernel512{TCodes, TScales}"/> for processors with 256-bit vectors: the same sums in the same order, the same bits.</summary>
/// <remarks>Sixteen registers hold the unpacked codes of one block, which all tokens of a tile use in turn; the sums of eight tokens have no
/// room beside them and stay in the first-level cache, where an addition reads them as its operand.</remarks>
internal static unsafe class DotKernel256<TCodes, TScales>
    where TCodes : struct, IBlockCodes
    where TScales : struct, IBlockScales
{
    // Measured; docs/rationale/kernels.md has the other distances.
    private static int PrefetchBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TCodes.RecordBytes > 832 ? 2048 : 4096;
    }

    private const int Half = Tile.Rows / 2;
    private const int HalfBytes = Half * sizeof(int);
    private const int UnitBytes = 2 * Tile.VectorBytes;

    // Sums of a token: even blocks of 16 rows, then odd ones.
    private const int TokenSums = 2 * Tile.Rows;

    /// <summary>y[16] = W · x for one token.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void One(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var table = Avx2.BroadcastVector128ToVector256(values);
        Vector256<float> even0 = default, odd0 = default, even1 = default, odd1 = default;
        var units = stackalloc byte[UnitBytes + Tile.VectorBytes];
        var room = Tile.Align(units);
        var extra = room;
        for (var i = 0; i < records; i++)
        {
            Ask(record, 0);
            if (TScales.RecordsPerExtra > 0 && i % TScales.RecordsPerExtra == 0)
            {
                Sse.Prefetch0(record + PrefetchBytes + TCodes.RecordBytes);
                extra = TScales.Open(record, room);
                record += Tile.ExtraBytes;
            }

            var scales = record + TCodes.RecordBytes - Tile.ExponentBytes;
            var sums = Dot(record, 0, table, x);
            var exponent = Vector256.Create(exponents[0]);
            var correction = Vector256.Create(corrections[0]);
            even0 = Step(sums.Low, scales, extra, 0, exponent, correction, even0);
            even1 = Step(sums.High, scales + HalfBytes, extra + HalfBytes, 0, exponent, correction, even1);
            Ask(record, 1);
            sums = Dot(record, 1, table, x + 16);
            exponent = Vector256.Create(exponents[1]);
            correction = Vector256.Create(corrections[1]);
            odd0 = Step(sums.Low, scales, extra, 1, exponent, correction, odd0);
            odd1 = Step(sums.High, scales + HalfBytes, extra + HalfBytes, 1, exponent, correction, odd1);
            Ask(record, 2);
            sums = Dot(record, 2, table, x + 32);
            exponent = Vector256.Create(exponents[2]);
            correction = Vector256.Create(corrections[2]);
            even0 = Step(sums.Low, scales, extra, 2, exponent, correction, even0);
            even1 = Step(sums.High, scales + HalfBytes, extra + HalfBytes, 2, exponent, correction, even1);
            Ask(record, 3);
            sums = Dot(record, 3, table, x + 48);
            exponent = Vector256.Create(exponents[3]);
            correction = Vector256.Create(corrections[3]);
            odd0 = Step(sums.Low, scales, extra, 3, exponent, correction, odd0);
            odd1 = Step(sums.High, scales + HalfBytes, extra + HalfBytes, 3, exponent, correction, odd1);
            record += TCodes.RecordBytes;
            x += Tile.Columns;
            exponents += Tile.Blocks;
            corrections += Tile.Blocks;
        }

        (even0 + odd0).Store(y);
        (even1 + odd1).Store(y + Half);
    }

    /// <summary>y[8][16] = W · x for eight tokens; activations, exponents and corrections lie block by block, eight tokens each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Eight(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y)
    {
        // Aligned, so that no access crosses a cache line.
        var bytes = stackalloc byte[(ActivationBlocks.TileTokens * TokenSums * sizeof(float)) + UnitBytes + Tile.VectorBytes];
        var room = Tile.Align(bytes);
        var extra = room;
        var sums = (float*)(room + UnitBytes);
        new Span<float>(sums, ActivationBlocks.TileTokens * TokenSums).Clear();
        var table = Avx2.BroadcastVector128ToVector256(values);
        for (var i = 0; i < records; i++)
        {
            if (TScales.RecordsPerExtra > 0 && i % TScales.RecordsPerExtra == 0)
            {
                extra = TScales.Open(record, room);
                record += Tile.ExtraBytes;
            }

            for (var block = 0; block < Tile.Blocks; block++)
            {
                var scales = record + TCodes.RecordBytes - Tile.ExponentBytes;
                var scale0 = TScales.Load256(scales, extra, block);
                var scale1 = TScales.Load256(scales + HalfBytes, extra + HalfBytes, block);
                var minimum0 = TScales.Minimum256(scales, extra, block);
                var minimum1 = TScales.Minimum256(scales + HalfBytes, extra + HalfBytes, block);
                var low = TCodes.Load(record, block, 0, table);
                var high = TCodes.Load(record, block, 1, table);
                var own = sums + (block % 2 * Tile.Rows);
                for (var end = own + (ActivationBlocks.TileTokens * TokenSums); own < end; own += TokenSums)
                {
                    var exact = TCodes.Dot(low, high, Signs(record, block), (int*)x);
                    var (exponent, correction) = (Vector256.Create(*exponents), Vector256.Create(*corrections));
                    Step(exact.Low, scale0, minimum0, block, exponent, correction, Vector256.Load(own)).Store(own);
                    Step(exact.High, scale1, minimum1, block, exponent, correction, Vector256.Load(own + Half)).Store(own + Half);
                    x += Tile.BlockColumns;
                    exponents++;
                    corrections++;
                }
            }

            record += TCodes.RecordBytes;
        }

        for (var token = 0; token < ActivationBlocks.TileTokens; token++)
        {
            var own = sums + (token * TokenSums);
            (Vector256.Load(own) + Vector256.Load(own + Tile.Rows)).Store(y + (token * Tile.Rows));
            (Vector256.Load(own + Half) + Vector256.Load(own + Tile.Rows + Half)).Store(y + (token * Tile.Rows) + Half);
        }
    }

    // Asks for a quarter of the lines of a record further on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(byte* record, int block)
    {
        var lines = TCodes.RecordBytes / Tile.VectorBytes;
        for (var line = lines * block / Tile.Blocks; line < lines * (block + 1) / Tile.Blocks; line++)
            Sse.Prefetch0(record + PrefetchBytes + (line * Tile.VectorBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Sums256 Dot(byte* record, int block, Vector256<byte> table, sbyte* x) =>
        TCodes.Dot(TCodes.Load(record, block, 0, table), TCodes.Load(record, block, 1, table), Signs(record, block), (int*)x);

    // Of use to codes of a byte only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Signs(byte* record, int block) => record + (block * Tile.Rows * Tile.BlockColumns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Step(
        Vector256<int> exact, byte* scales, byte* extra, int block, Vector256<int> exponent, Vector256<int> correction, Vector256<float> sum) =>
        Step(exact, TScales.Load256(scales, extra, block), TScales.Minimum256(scales, extra, block), block, exponent, correction, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Step(
        Vector256<int> exact, Vector256<int> scale, Vector256<float> minimum, int block, Vector256<int> exponent, Vector256<int> correction, Vector256<float> sum)
    {
        var number = Vector256.ConvertToSingle(TScales.BlocksPerMinimum > 0 ? exact : exact - correction);
        sum = Vector256.FusedMultiplyAdd(number, TScales.IsNumber ? scale.AsSingle() * exponent.AsSingle() : (scale + exponent).AsSingle(), sum);
        return Tile.HasMinimum(block, TScales.BlocksPerMinimum) ? Vector256.FusedMultiplyAdd(minimum, correction.AsSingle(), sum) : sum;
    }
}
