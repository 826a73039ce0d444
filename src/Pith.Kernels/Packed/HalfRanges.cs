using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A binary16 scale and a binary16 minimum for each two blocks: the scales as in <see cref="HalfScales"/>, the minima likewise in front of the record.</summary>
internal readonly unsafe struct HalfRanges : IBlockScales
{
    public static int RecordsPerExtra => 1;

    public static int BlocksPerMinimum => 2;

    public static bool IsNumber => true;

    public static int Bias => 0;

    public static ushort Neutral => 0;

    public static ushort Typical => HalfScales.Typical;

    public static Vector256<byte> Fields(Vector256<byte> scales) => default;

    public static byte* Open(byte* extra, byte* room) => extra;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block) => HalfScales.Numbers512(scales, block / 2).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block) => HalfScales.Numbers256(scales, block / 2).AsInt32();

    public static int Load(byte* scales, byte* extra, int block) => BitConverter.SingleToInt32Bits(HalfScales.Number(scales, block / 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => HalfScales.Numbers512(extra, block / 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => HalfScales.Numbers256(extra, block / 2);

    public static float Minimum(byte* scales, byte* extra, int block) => HalfScales.Number(extra, block / 2);
}
