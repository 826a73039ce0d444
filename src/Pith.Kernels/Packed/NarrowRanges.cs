using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A four-bit count of the scale and one of the minimum for each block, in units of <see cref="CountUnits"/>: byte k of lane r has those of block k in
/// row r, the scale's below the minimum's.</summary>
internal readonly unsafe struct NarrowRanges : IBlockScales
{
    private const int Nibble = 0xF;

    public static int RecordsPerExtra => CountUnits.Records;

    public static int BlocksPerMinimum => 1;

    public static bool IsNumber => true;

    public static int Bias => 0;

    public static ushort Neutral => 0;

    public static ushort Typical => 0x5678;

    public static Vector256<byte> Fields(Vector256<byte> scales) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Open(byte* extra, byte* room) => CountUnits.Open(extra, room);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector512.Load((int*)scales) >>> (8 * block)) & Vector512.Create(Nibble), extra).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector256.Load((int*)scales) >>> (8 * block)) & Vector256.Create(Nibble), extra).AsInt32();

    public static int Load(byte* scales, byte* extra, int block) =>
        BitConverter.SingleToInt32Bits((scales[block] & Nibble) * HalfScales.Number(extra, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) =>
        CountUnits.Minima((Vector512.Load((int*)scales) >>> ((8 * block) + 4)) & Vector512.Create(Nibble), extra);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) =>
        CountUnits.Minima((Vector256.Load((int*)scales) >>> ((8 * block) + 4)) & Vector256.Create(Nibble), extra);

    public static float Minimum(byte* scales, byte* extra, int block) => (scales[block] >> 4) * HalfScales.Number(extra, 1);
}
