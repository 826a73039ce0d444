using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>One group of 16 interleaved rows times one token or eight, with 512-bit integer products.</summary>
/// <remarks>Inside a block the product is exact in integers; a block's sum is scaled by the two scales, of which one at least
/// is a power of two, and added in binary32, even blocks into one sum, odd blocks into another. That order is the same for one token and
/// for eight, so a token's result depends on neither its neighbours nor threads.</remarks>
internal static unsafe class DotKernel512<TCodes, TScales>
    where TCodes : struct, IBlockCodes
    where TScales : struct, IBlockScales
{
    // Without it the kernels reach 0.74 to 0.79 of the read bandwidth at 4 and 8 bits, with 2 KiB 0.80, 4 KiB 0.86, 8 KiB 0.88.
    private const int PrefetchBytes = 8192;

    private const int UnitBytes = 2 * Tile.VectorBytes;

    /// <summary>y[16] = W · x for one token.</summary>
    /// <param name="record">First record of the group.</param>
    /// <param name="records">Records in the group.</param>
    /// <param name="values">16 bytes which 4-bit codes stand for, where the codes need a table.</param>
    /// <param name="x">Activation codes, 64 a record.</param>
    /// <param name="exponents">For each block the activation's exponent in the exponent field of a binary32, or its power of two: see <see cref="IBlockScales"/>.</param>
    /// <param name="corrections">For each block offset · Σ codes; where there are minima, what these are multiplied with.</param>
    /// <param name="y">16 results.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void One(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var table = Avx512F.BroadcastVector128ToVector512((int*)values).AsByte();
        var ones = Vector512.Create((short)1);
        var units = stackalloc byte[UnitBytes + Tile.VectorBytes];
        var room = Tile.Align(units);
        var extra = room;
        Vector512<float> even = default, odd = default;
        for (var i = 0; i < records; i++)
        {
            Prefetch(record);
            if (TScales.RecordsPerExtra > 0 && i % TScales.RecordsPerExtra == 0)
            {
                Sse.Prefetch0(record + PrefetchBytes + TCodes.RecordBytes);
                extra = TScales.Open(record, room);
                record += Tile.ExtraBytes;
            }

            var scales = record + TCodes.RecordBytes - Tile.ExponentBytes;
            even = Step(TCodes.Load(record, 0, table), (int*)x, ones, scales, extra, 0, exponents, corrections, even);
            odd = Step(TCodes.Load(record, 1, table), (int*)(x + 16), ones, scales, extra, 1, exponents + 1, corrections + 1, odd);
            even = Step(TCodes.Load(record, 2, table), (int*)(x + 32), ones, scales, extra, 2, exponents + 2, corrections + 2, even);
            odd = Step(TCodes.Load(record, 3, table), (int*)(x + 48), ones, scales, extra, 3, exponents + 3, corrections + 3, odd);
            record += TCodes.RecordBytes;
            x += Tile.Columns;
            exponents += Tile.Blocks;
            corrections += Tile.Blocks;
        }

        (even + odd).Store(y);
    }

    /// <summary>y[8][16] = W · x for eight tokens; activations, exponents and corrections lie block by block, eight tokens each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Eight(byte* record, int records, byte* values, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var table = Avx512F.BroadcastVector128ToVector512((int*)values).AsByte();
        var ones = Vector512.Create((short)1);
        Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default, e4 = default, e5 = default, e6 = default, e7 = default;
        Vector512<float> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default, o5 = default, o6 = default, o7 = default;
        var units = stackalloc byte[UnitBytes + Tile.VectorBytes];
        var room = Tile.Align(units);
        var extra = room;
        for (var i = 0; i < records; i++)
        {
            if (TScales.RecordsPerExtra > 0 && i % TScales.RecordsPerExtra == 0)
            {
                extra = TScales.Open(record, room);
                record += Tile.ExtraBytes;
            }

            var scales = record + TCodes.RecordBytes - Tile.ExponentBytes;
            for (var half = 0; half < 2; half++)
            {
                var codes = TCodes.Load(record, 2 * half, table);
                var scale = TScales.Load512(scales, extra, 2 * half);
                var minimum = TScales.Minimum512(scales, extra, 2 * half);
                e0 = Step(codes, (int*)x, ones, scale, minimum, 0, exponents, corrections, e0);
                e1 = Step(codes, (int*)(x + 16), ones, scale, minimum, 0, exponents + 1, corrections + 1, e1);
                e2 = Step(codes, (int*)(x + 32), ones, scale, minimum, 0, exponents + 2, corrections + 2, e2);
                e3 = Step(codes, (int*)(x + 48), ones, scale, minimum, 0, exponents + 3, corrections + 3, e3);
                e4 = Step(codes, (int*)(x + 64), ones, scale, minimum, 0, exponents + 4, corrections + 4, e4);
                e5 = Step(codes, (int*)(x + 80), ones, scale, minimum, 0, exponents + 5, corrections + 5, e5);
                e6 = Step(codes, (int*)(x + 96), ones, scale, minimum, 0, exponents + 6, corrections + 6, e6);
                e7 = Step(codes, (int*)(x + 112), ones, scale, minimum, 0, exponents + 7, corrections + 7, e7);
                codes = TCodes.Load(record, (2 * half) + 1, table);
                scale = TScales.Load512(scales, extra, (2 * half) + 1);
                minimum = TScales.Minimum512(scales, extra, (2 * half) + 1);
                o0 = Step(codes, (int*)(x + 128), ones, scale, minimum, 1, exponents + 8, corrections + 8, o0);
                o1 = Step(codes, (int*)(x + 144), ones, scale, minimum, 1, exponents + 9, corrections + 9, o1);
                o2 = Step(codes, (int*)(x + 160), ones, scale, minimum, 1, exponents + 10, corrections + 10, o2);
                o3 = Step(codes, (int*)(x + 176), ones, scale, minimum, 1, exponents + 11, corrections + 11, o3);
                o4 = Step(codes, (int*)(x + 192), ones, scale, minimum, 1, exponents + 12, corrections + 12, o4);
                o5 = Step(codes, (int*)(x + 208), ones, scale, minimum, 1, exponents + 13, corrections + 13, o5);
                o6 = Step(codes, (int*)(x + 224), ones, scale, minimum, 1, exponents + 14, corrections + 14, o6);
                o7 = Step(codes, (int*)(x + 240), ones, scale, minimum, 1, exponents + 15, corrections + 15, o7);
                x += 256;
                exponents += 16;
                corrections += 16;
            }

            record += TCodes.RecordBytes;
        }

        (e0 + o0).Store(y);
        (e1 + o1).Store(y + 16);
        (e2 + o2).Store(y + 32);
        (e3 + o3).Store(y + 48);
        (e4 + o4).Store(y + 64);
        (e5 + o5).Store(y + 80);
        (e6 + o6).Store(y + 96);
        (e7 + o7).Store(y + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Step(
        in Codes512 codes, int* x, Vector512<short> ones, byte* scales, byte* extra, int block, int* exponent, int* correction, Vector512<float> sum) =>
        Step(codes, x, ones, TScales.Load512(scales, extra, block), TScales.Minimum512(scales, extra, block), block, exponent, correction, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Step(
        in Codes512 codes, int* x, Vector512<short> ones, Vector512<int> scale, Vector512<float> minimum, int block, int* exponent, int* correction, Vector512<float> sum)
    {
        var (power, term) = (Vector512.Create(*exponent), Vector512.Create(*correction));
        var exact = TCodes.Dot(codes, x, ones);
        var number = Vector512.ConvertToSingle(TScales.BlocksPerMinimum > 0 ? exact : exact - term);
        sum = Vector512.FusedMultiplyAdd(number, TScales.IsNumber ? scale.AsSingle() * power.AsSingle() : (scale + power).AsSingle(), sum);
        return Tile.HasMinimum(block, TScales.BlocksPerMinimum) ? Vector512.FusedMultiplyAdd(minimum, term.AsSingle(), sum) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* record)
    {
        for (var line = 0; line < TCodes.RecordBytes / Tile.VectorBytes; line++)
            Sse.Prefetch0(record + PrefetchBytes + (line * 64));
    }
}
