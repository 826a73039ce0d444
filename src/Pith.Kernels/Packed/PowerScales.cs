using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A power of two for each block: byte k of lane r is the exponent (bias 127) of block k in row r.</summary>
internal readonly unsafe struct PowerScales : IBlockScales
{
    private const int ExponentField = 0x7F800000;

    public static int RecordsPerExtra => 0;

    public static int BlocksPerMinimum => 0;

    public static bool IsNumber => false;

    public static int Bias => 127;

    public static ushort Neutral => (IRecordWriter.NeutralExponent << 8) | IRecordWriter.NeutralExponent;

    public static ushort Typical => 0x7878;

    public static Vector256<byte> Fields(Vector256<byte> scales) => scales;

    public static byte* Open(byte* extra, byte* room) => room;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block)
    {
        var bytes = Vector512.Load((int*)scales);
        return block switch { 0 => bytes << 23, 1 => bytes << 15, 2 => bytes << 7, _ => bytes >>> 1 } & Vector512.Create(ExponentField);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block)
    {
        var bytes = Vector256.Load((int*)scales);
        return block switch { 0 => bytes << 23, 1 => bytes << 15, 2 => bytes << 7, _ => bytes >>> 1 } & Vector256.Create(ExponentField);
    }

    public static int Load(byte* scales, byte* extra, int block) => scales[block] << 23;

    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => default;

    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => default;

    public static float Minimum(byte* scales, byte* extra, int block) => 0;
}
