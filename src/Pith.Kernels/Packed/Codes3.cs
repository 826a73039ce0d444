using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>3-bit codes q + 4: the lower two bits as in <see cref="Codes2"/>, then a plane of single bits.</summary>
internal readonly unsafe struct Codes3 : IBlockCodes
{
    private const int Upper = 2;

    public static int RecordBytes => 448;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table) =>
        UpperBits.Join(Codes2.Load(record, block, table), record + Tile.UpperOfPairs, block, Upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table) =>
        UpperBits.Join(Codes2.Load(record, block, half, table), record + Tile.UpperOfPairs, block, half, Upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) => Codes4.Dot(codes, x, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x) => Codes4.Dot(low, high, signs, x);
}
