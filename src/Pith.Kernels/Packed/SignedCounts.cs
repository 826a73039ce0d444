using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A signed count for each block, in units of <see cref="CountUnits"/>: byte k of lane r is that of block k in row r.</summary>
internal readonly unsafe struct SignedCounts : IBlockScales
{
    public static int RecordsPerExtra => CountUnits.Records;

    public static int BlocksPerMinimum => 0;

    public static bool IsNumber => true;

    public static int Bias => 0;

    public static ushort Neutral => 0;

    public static ushort Typical => 0x11EF;

    public static Vector256<byte> Fields(Vector256<byte> scales) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Open(byte* extra, byte* room) => CountUnits.Open(extra, room);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector512.Load((int*)scales) << (24 - (8 * block))) >> 24, extra).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block) =>
        CountUnits.Scales((Vector256.Load((int*)scales) << (24 - (8 * block))) >> 24, extra).AsInt32();

    public static int Load(byte* scales, byte* extra, int block) =>
        BitConverter.SingleToInt32Bits((sbyte)scales[block] * HalfScales.Number(extra, 0));

    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => default;

    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => default;

    public static float Minimum(byte* scales, byte* extra, int block) => 0;
}
