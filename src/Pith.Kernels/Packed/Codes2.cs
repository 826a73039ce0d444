using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>2-bit codes q + 2, or q where there is a minimum.</summary>
internal readonly unsafe struct Codes2 : IBlockCodes
{
    private const byte Mask = 3;

    public static int RecordBytes => 320;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Load(byte* record, int block, Vector512<byte> table)
    {
        var mask = Vector512.Create(Mask);
        var pairs = Vector512.Load(record + (block * 64)).AsUInt16();
        return new Codes512(pairs.AsByte() & mask, (pairs >>> 2).AsByte() & mask, (pairs >>> 4).AsByte() & mask, (pairs >>> 6).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Load(byte* record, int block, int half, Vector256<byte> table)
    {
        var mask = Vector256.Create(Mask);
        var pairs = Vector256.Load(record + (block * 64) + (half * 32)).AsUInt16();
        return new Codes256(pairs.AsByte() & mask, (pairs >>> 2).AsByte() & mask, (pairs >>> 4).AsByte() & mask, (pairs >>> 6).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones) => Codes4.Dot(codes, x, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x) => Codes4.Dot(low, high, signs, x);
}
