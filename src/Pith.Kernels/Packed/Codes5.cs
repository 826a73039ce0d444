using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>5-bit codes q + 16, or q where there is a minimum: nibbles, then a plane of single bits. Four pair sums are at most 4·2·31·127 = 31,496.</summary>
internal readonly unsafe struct Codes5 : IBlockCodes
{
    private const int Upper = 4;

    public static int RecordBytes => 704;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table) =>
        UpperBits.Join(Codes4.Nibbles(record, block), record + Tile.UpperOfNibbles, block, Upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table) =>
        UpperBits.Join(Codes4.Nibbles(record, block, half), record + Tile.UpperOfNibbles, block, half, Upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) => Codes4.Dot(codes, x, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x) => Codes4.Dot(low, high, signs, x);
}
