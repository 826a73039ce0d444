using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>Scales as <see cref="HalfScales"/> stores them, read as numbers: for matrices where some are zero, or too far apart to be all normal.</summary>
internal readonly unsafe struct HalfNumbers : IBlockScales
{
    public static int RecordsPerExtra => 0;

    public static int BlocksPerMinimum => 0;

    public static bool IsNumber => true;

    public static int Bias => 0;

    public static ushort Neutral => 0;

    public static ushort Typical => HalfScales.Typical;

    public static Vector256<byte> Fields(Vector256<byte> scales) => default;

    public static byte* Open(byte* extra, byte* room) => room;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block) => HalfRanges.Load512(scales, extra, block);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block) => HalfRanges.Load256(scales, extra, block);

    public static int Load(byte* scales, byte* extra, int block) => HalfRanges.Load(scales, extra, block);

    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => default;

    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => default;

    public static float Minimum(byte* scales, byte* extra, int block) => 0;
}
