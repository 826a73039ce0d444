using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A binary16 scale for each two blocks: half k of lane r is the scale of columns 32k … 32k + 31 in row r.</summary>
/// <remarks>Only normal numbers are stored, so that widening is a move of bits; the difference of the biases, 112, is part of what an
/// activation's exponent adds.</remarks>
internal readonly unsafe struct HalfScales : IBlockScales
{
    // Sign, the five exponent bits at the lower end of a binary32's, ten mantissa bits.
    private const int HalfField = unchecked((int)0x8FFFE000);

    /// <summary>The bits of one scale.</summary>
    public static int Widen(ushort half) => ((half << 16) >> 3) & HalfField;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, int block)
    {
        var halves = Vector512.Load((int*)scales);
        return ((block < 2 ? halves << 16 : halves) >> 3) & Vector512.Create(HalfField);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, int block)
    {
        var halves = Vector256.Load((int*)scales);
        return ((block < 2 ? halves << 16 : halves) >> 3) & Vector256.Create(HalfField);
    }
}
