using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>4-bit codes through a table of bytes up to 24: four pair sums are at most 24,384.</summary>
internal readonly unsafe struct CodesTable4 : IBlockCodes
{
    public static int RecordBytes => 576;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table)
    {
        var codes = Codes4.Nibbles(record, block);
        return new Codes512(
            Avx512BW.Shuffle(table, codes.V0), Avx512BW.Shuffle(table, codes.V1), Avx512BW.Shuffle(table, codes.V2), Avx512BW.Shuffle(table, codes.V3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) => Codes4.Dot(codes, x, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table)
    {
        var codes = Codes4.Nibbles(record, block, half);
        return new Codes256(
            Avx2.Shuffle(table, codes.V0), Avx2.Shuffle(table, codes.V1), Avx2.Shuffle(table, codes.V2), Avx2.Shuffle(table, codes.V3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x) => Codes4.Dot(low, high, signs, x);
}
