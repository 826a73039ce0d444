using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>Matrix times vector on interleaved records with 512-bit integer products: one group of 16 rows.</summary>
/// <remarks>Inside a block the product is exact in integers; a block's sum is scaled by a power of two made of the two
/// exponents and added in binary32. Two accumulators take the even and the odd blocks, so a result depends on neither
/// thread count nor grain. Bounds of the int16 partial sums: 4 bits 4·2·24·127 = 24,384 (offset codes up to 24);
/// 6 bits 2·2·63·127 = 32,004; 8 bits 2·127·127 = 32,258; all below 32,768.</remarks>
internal static unsafe class DotKernel512
{
    private const int ExponentMask = 0x7F800000;
    private const int PrefetchBytes = 4096;

    public static bool IsSupported => Avx512BW.IsSupported && Avx512F.IsSupported;

    /// <summary>y[16] = group of rows with 4-bit offset codes times x.</summary>
    /// <param name="record">First record of the group.</param>
    /// <param name="records">Records in the group.</param>
    /// <param name="x">Activation codes, 64 a record.</param>
    /// <param name="exponents">For each block the activation's exponent, ready in the exponent field of a binary32.</param>
    /// <param name="corrections">For each block offset · Σ codes.</param>
    /// <param name="y">16 results.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Rows4(byte* record, int records, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var nibble = Vector512.Create((byte)0x0F);
        var ones = Vector512.Create((short)1);
        var field = Vector512.Create(ExponentMask);
        var even = Vector512<float>.Zero;
        var odd = Vector512<float>.Zero;
        for (var i = 0; i < records; i++)
        {
            var scales = Vector512.Load((int*)(record + 512));
            even = Block4(record, x, 0, nibble, ones, (scales << 23) & field, exponents, corrections, even);
            odd = Block4(record, x, 1, nibble, ones, (scales << 15) & field, exponents, corrections, odd);
            even = Block4(record, x, 2, nibble, ones, (scales << 7) & field, exponents, corrections, even);
            odd = Block4(record, x, 3, nibble, ones, (scales >>> 1) & field, exponents, corrections, odd);
            record += 576;
            x += 64;
            exponents += 4;
            corrections += 4;
        }

        (even + odd).Store(y);
    }

    /// <summary>As <see cref="Rows4"/> with a table from 4-bit codes to non-negative bytes (value + offset).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void RowsTable4(byte* record, int records, byte* table, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var nibble = Vector512.Create((byte)0x0F);
        var ones = Vector512.Create((short)1);
        var field = Vector512.Create(ExponentMask);
        var values = Avx512F.BroadcastVector128ToVector512((int*)table).AsByte();
        var even = Vector512<float>.Zero;
        var odd = Vector512<float>.Zero;
        for (var i = 0; i < records; i++)
        {
            var scales = Vector512.Load((int*)(record + 512));
            even = BlockTable4(record, x, 0, nibble, values, ones, (scales << 23) & field, exponents, corrections, even);
            odd = BlockTable4(record, x, 1, nibble, values, ones, (scales << 15) & field, exponents, corrections, odd);
            even = BlockTable4(record, x, 2, nibble, values, ones, (scales << 7) & field, exponents, corrections, even);
            odd = BlockTable4(record, x, 3, nibble, values, ones, (scales >>> 1) & field, exponents, corrections, odd);
            record += 576;
            x += 64;
            exponents += 4;
            corrections += 4;
        }

        (even + odd).Store(y);
    }

    /// <summary>As <see cref="Rows4"/> for 6-bit offset codes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Rows6(byte* record, int records, sbyte* x, int* exponents, int* corrections, float* y)
    {
        var nibble = Vector512.Create((byte)0x0F);
        var pair = Vector512.Create((byte)0x30);
        var ones = Vector512.Create((short)1);
        var field = Vector512.Create(ExponentMask);
        var even = Vector512<float>.Zero;
        var odd = Vector512<float>.Zero;
        for (var i = 0; i < records; i++)
        {
            Prefetch(record, 13);
            var scales = Vector512.Load((int*)(record + 768));
            even = Block6(record, x, 0, nibble, pair, ones, (scales << 23) & field, exponents, corrections, even);
            odd = Block6(record, x, 1, nibble, pair, ones, (scales << 15) & field, exponents, corrections, odd);
            even = Block6(record, x, 2, nibble, pair, ones, (scales << 7) & field, exponents, corrections, even);
            odd = Block6(record, x, 3, nibble, pair, ones, (scales >>> 1) & field, exponents, corrections, odd);
            record += 832;
            x += 64;
            exponents += 4;
            corrections += 4;
        }

        (even + odd).Store(y);
    }

    /// <summary>As <see cref="Rows4"/> for 8-bit sign-magnitude codes, which need no correction.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Rows8(byte* record, int records, sbyte* x, int* exponents, float* y)
    {
        var magnitude = Vector512.Create((byte)0x7F);
        var ones = Vector512.Create((short)1);
        var field = Vector512.Create(ExponentMask);
        var even = Vector512<float>.Zero;
        var odd = Vector512<float>.Zero;
        for (var i = 0; i < records; i++)
        {
            var scales = Vector512.Load((int*)(record + 1024));
            even = Block8(record, x, 0, magnitude, ones, (scales << 23) & field, exponents, even);
            odd = Block8(record, x, 1, magnitude, ones, (scales << 15) & field, exponents, odd);
            even = Block8(record, x, 2, magnitude, ones, (scales << 7) & field, exponents, even);
            odd = Block8(record, x, 3, magnitude, ones, (scales >>> 1) & field, exponents, odd);
            record += 1088;
            x += 64;
            exponents += 4;
        }

        (even + odd).Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Block4(
        byte* record, sbyte* x, int block, Vector512<byte> nibble, Vector512<short> ones, Vector512<int> scale,
        int* exponents, int* corrections, Vector512<float> sum)
    {
        var first = Vector512.Load(record + (block * 128));
        var second = Vector512.Load(record + (block * 128) + 64);
        var dots = Avx512BW.MultiplyAddAdjacent(first & nibble, Four(x, block, 0))
            + Avx512BW.MultiplyAddAdjacent((first.AsUInt16() >>> 4).AsByte() & nibble, Four(x, block, 1))
            + (Avx512BW.MultiplyAddAdjacent(second & nibble, Four(x, block, 2))
            + Avx512BW.MultiplyAddAdjacent((second.AsUInt16() >>> 4).AsByte() & nibble, Four(x, block, 3)));
        var exact = Avx512BW.MultiplyAddAdjacent(dots, ones) - Vector512.Create(corrections[block]);
        return Scaled(exact, scale, exponents[block], sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> BlockTable4(
        byte* record, sbyte* x, int block, Vector512<byte> nibble, Vector512<byte> values, Vector512<short> ones, Vector512<int> scale,
        int* exponents, int* corrections, Vector512<float> sum)
    {
        var first = Vector512.Load(record + (block * 128));
        var second = Vector512.Load(record + (block * 128) + 64);
        var dots = Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(values, first & nibble), Four(x, block, 0))
            + Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(values, (first.AsUInt16() >>> 4).AsByte() & nibble), Four(x, block, 1))
            + (Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(values, second & nibble), Four(x, block, 2))
            + Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(values, (second.AsUInt16() >>> 4).AsByte() & nibble), Four(x, block, 3)));
        var exact = Avx512BW.MultiplyAddAdjacent(dots, ones) - Vector512.Create(corrections[block]);
        return Scaled(exact, scale, exponents[block], sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Block6(
        byte* record, sbyte* x, int block, Vector512<byte> nibble, Vector512<byte> pair, Vector512<short> ones, Vector512<int> scale,
        int* exponents, int* corrections, Vector512<float> sum)
    {
        var first = Vector512.Load(record + (block * 128));
        var second = Vector512.Load(record + (block * 128) + 64);
        var upper = Vector512.Load(record + 512 + (block * 64)).AsUInt16();
        var code0 = (first & nibble) | ((upper << 4).AsByte() & pair);
        var code1 = ((first.AsUInt16() >>> 4).AsByte() & nibble) | ((upper << 2).AsByte() & pair);
        var code2 = (second & nibble) | (upper.AsByte() & pair);
        var code3 = ((second.AsUInt16() >>> 4).AsByte() & nibble) | ((upper >>> 2).AsByte() & pair);
        var left = Avx512BW.MultiplyAddAdjacent(code0, Four(x, block, 0)) + Avx512BW.MultiplyAddAdjacent(code1, Four(x, block, 1));
        var right = Avx512BW.MultiplyAddAdjacent(code2, Four(x, block, 2)) + Avx512BW.MultiplyAddAdjacent(code3, Four(x, block, 3));
        var exact = Avx512BW.MultiplyAddAdjacent(left, ones) + Avx512BW.MultiplyAddAdjacent(right, ones)
            - Vector512.Create(corrections[block]);
        return Scaled(exact, scale, exponents[block], sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Block8(
        byte* record, sbyte* x, int block, Vector512<byte> magnitude, Vector512<short> ones, Vector512<int> scale,
        int* exponents, Vector512<float> sum)
    {
        var exact = Signed(record, x, block, 0, magnitude, ones) + Signed(record, x, block, 1, magnitude, ones)
            + (Signed(record, x, block, 2, magnitude, ones) + Signed(record, x, block, 3, magnitude, ones));
        return Scaled(exact, scale, exponents[block], sum);
    }

    // |w| as the unsigned operand; the sign moves to the activations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Signed(byte* record, sbyte* x, int block, int part, Vector512<byte> magnitude, Vector512<short> ones)
    {
        var codes = Vector512.Load(record + (block * 256) + (part * 64));
        var four = Four(x, block, part);
        var signed = Vector512.ConditionalSelect(Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero), -four, four);
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(codes & magnitude, signed), ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Four(sbyte* x, int block, int part) =>
        Vector512.Create(((int*)x)[(block * 4) + part]).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scaled(Vector512<int> exact, Vector512<int> scale, int exponent, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(
            Vector512.ConvertToSingle(exact), (scale + Vector512.Create(exponent)).AsSingle(), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* record, int lines)
    {
        for (var line = 0; line < lines; line++)
            Sse.Prefetch0(record + PrefetchBytes + (line * 64));
    }
}
