using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A count of the scale and one of the minimum for each two blocks, in units of <see cref="CountUnits"/>: byte k of lane r is the scale's of columns
/// 32k … 32k + 31 in row r, byte 2 + k the minimum's.</summary>
internal readonly unsafe struct WideRanges : IBlockScales
{
    private const int Byte = 0xFF;

    public static int RecordsPerExtra => CountUnits.Records;

    public static int BlocksPerMinimum => 2;

    public static bool IsNumber => true;

    public static int Bias => 0;

    public static ushort Neutral => 0;

    public static ushort Typical => 0x1122;

    public static Vector256<byte> Fields(Vector256<byte> scales) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Open(byte* extra, byte* room) => CountUnits.Open(extra, room);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector512.Load((int*)scales) >>> (block / 2 * 8)) & Vector512.Create(Byte), extra).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector256.Load((int*)scales) >>> (block / 2 * 8)) & Vector256.Create(Byte), extra).AsInt32();

    public static int Load(byte* scales, byte* extra, int block) =>
        BitConverter.SingleToInt32Bits(scales[block / 2] * HalfScales.Number(extra, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) =>
        CountUnits.Minima((Vector512.Load((int*)scales) >>> (16 + (block / 2 * 8))) & Vector512.Create(Byte), extra);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) =>
        CountUnits.Minima((Vector256.Load((int*)scales) >>> (16 + (block / 2 * 8))) & Vector256.Create(Byte), extra);

    public static float Minimum(byte* scales, byte* extra, int block) => scales[2 + (block / 2)] * HalfScales.Number(extra, 1);
}
