using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>6-bit codes q + 32: two pair sums are at most 2·2·63·127 = 32,004, so the two halves meet as 32-bit sums.</summary>
internal readonly unsafe struct Codes6 : IBlockCodes
{
    public static int RecordBytes => 832;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table)
    {
        var pair = Vector512.Create((byte)0x30);
        var upper = Vector512.Load(record + 512 + (block * 64)).AsUInt16();
        var codes = Codes4.Nibbles(record, block);
        return new Codes512(
            codes.V0 | ((upper << 4).AsByte() & pair),
            codes.V1 | ((upper << 2).AsByte() & pair),
            codes.V2 | (upper.AsByte() & pair),
            codes.V3 | ((upper >>> 2).AsByte() & pair));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones)
    {
        var left = Codes4.Product(codes.V0, x, 0) + Codes4.Product(codes.V1, x, 1);
        var right = Codes4.Product(codes.V2, x, 2) + Codes4.Product(codes.V3, x, 3);
        return Avx512BW.MultiplyAddAdjacent(left, ones) + Avx512BW.MultiplyAddAdjacent(right, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table)
    {
        var pair = Vector256.Create((byte)0x30);
        var upper = Vector256.Load(record + 512 + (block * 64) + (half * 32)).AsUInt16();
        var codes = Codes4.Nibbles(record, block, half);
        return new Codes256(
            codes.V0 | ((upper << 4).AsByte() & pair),
            codes.V1 | ((upper << 2).AsByte() & pair),
            codes.V2 | (upper.AsByte() & pair),
            codes.V3 | ((upper >>> 2).AsByte() & pair));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x)
    {
        var four = Codes4.Four(x, 0);
        var l = Avx2.MultiplyAddAdjacent(low.V0, four);
        var h = Avx2.MultiplyAddAdjacent(high.V0, four);
        four = Codes4.Four(x, 1);
        l += Avx2.MultiplyAddAdjacent(low.V1, four);
        h += Avx2.MultiplyAddAdjacent(high.V1, four);
        var left = new Sums256(Codes4.AddPairs(l), Codes4.AddPairs(h));
        four = Codes4.Four(x, 2);
        l = Avx2.MultiplyAddAdjacent(low.V2, four);
        h = Avx2.MultiplyAddAdjacent(high.V2, four);
        four = Codes4.Four(x, 3);
        l += Avx2.MultiplyAddAdjacent(low.V3, four);
        h += Avx2.MultiplyAddAdjacent(high.V3, four);
        return new Sums256(left.Low + Codes4.AddPairs(l), left.High + Codes4.AddPairs(h));
    }
}
