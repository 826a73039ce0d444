using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A power of two for each block: byte k of lane r is the exponent of block k in row r.</summary>
internal readonly unsafe struct PowerScales : IBlockScales
{
    private const int ExponentField = 0x7F800000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, int block)
    {
        var bytes = Vector512.Load((int*)scales);
        return block switch { 0 => bytes << 23, 1 => bytes << 15, 2 => bytes << 7, _ => bytes >>> 1 } & Vector512.Create(ExponentField);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, int block)
    {
        var bytes = Vector256.Load((int*)scales);
        return block switch { 0 => bytes << 23, 1 => bytes << 15, 2 => bytes << 7, _ => bytes >>> 1 } & Vector256.Create(ExponentField);
    }
}
