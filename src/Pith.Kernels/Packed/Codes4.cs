using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>4-bit codes as they are: q + 8. A pair sum is at most 2·15·127, four of them 15,240 &lt; 32,768.</summary>
internal readonly unsafe struct Codes4 : IBlockCodes
{
    public static int RecordBytes => 576;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table) => Nibbles(record, block);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones)
    {
        var left = Product(codes.V0, x, 0) + Product(codes.V1, x, 1);
        var right = Product(codes.V2, x, 2) + Product(codes.V3, x, 3);
        return Avx512BW.MultiplyAddAdjacent(left + right, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Codes512 Nibbles(byte* record, int block)
    {
        var nibble = Vector512.Create((byte)0x0F);
        var first = Vector512.Load(record + (block * 128));
        var second = Vector512.Load(record + (block * 128) + 64);
        return new Codes512(
            first & nibble, (first.AsUInt16() >>> 4).AsByte() & nibble, second & nibble, (second.AsUInt16() >>> 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<short> Product(Vector512<byte> codes, int* x, int part) =>
        Avx512BW.MultiplyAddAdjacent(codes, Vector512.Create(x[part]).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table) => Nibbles(record, block, half);

    // Four registers beside the eight of the codes: the JIT keeps the order of the source, and there are sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x)
    {
        var four = Four(x, 0);
        var l = Avx2.MultiplyAddAdjacent(low.V0, four);
        var h = Avx2.MultiplyAddAdjacent(high.V0, four);
        four = Four(x, 1);
        l += Avx2.MultiplyAddAdjacent(low.V1, four);
        h += Avx2.MultiplyAddAdjacent(high.V1, four);
        four = Four(x, 2);
        l += Avx2.MultiplyAddAdjacent(low.V2, four);
        h += Avx2.MultiplyAddAdjacent(high.V2, four);
        four = Four(x, 3);
        l += Avx2.MultiplyAddAdjacent(low.V3, four);
        h += Avx2.MultiplyAddAdjacent(high.V3, four);
        return new Sums256(AddPairs(l), AddPairs(h));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Codes256 Nibbles(byte* record, int block, int half)
    {
        var nibble = Vector256.Create((byte)0x0F);
        var first = Vector256.Load(record + (block * 128) + (half * 32));
        var second = Vector256.Load(record + (block * 128) + 64 + (half * 32));
        return new Codes256(
            first & nibble, (first.AsUInt16() >>> 4).AsByte() & nibble, second & nibble, (second.AsUInt16() >>> 4).AsByte() & nibble);
    }

    /// <summary>Four activations, beside the codes of every row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<sbyte> Four(int* x, int part) => Vector256.Create(x[part]).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> AddPairs(Vector256<short> pairs) => Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1));
}
