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

    // 2^112: the difference of the biases.
    private const float Unbias = 5192296858534827628530496329220096f;

    public static int RecordsPerExtra => 0;

    public static int BlocksPerMinimum => 0;

    public static bool IsNumber => false;

    public static int Bias => 15;

    public static ushort Neutral => HalfBlocks.One;

    public static ushort Typical => 0x2400;

    public static Vector256<byte> Fields(Vector256<byte> scales)
    {
        var fields = (scales.AsUInt16() >>> 10) & Vector256.Create((ushort)0x1F);
        return (fields | (fields << 8)).AsByte();
    }

    public static byte* Open(byte* extra, byte* room) => room;

    /// <summary>The bits of one scale.</summary>
    public static int Widen(ushort half) => ((half << 16) >> 3) & HalfField;

    /// <summary>One half as a number; exact, also for subnormal ones.</summary>
    public static float Number(byte* halves, int which) => BitConverter.Int32BitsToSingle(Widen(((ushort*)halves)[which])) * Unbias;

    /// <summary>One half of each lane as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers512(byte* halves, int which) => Load512(halves, halves, 2 * which).AsSingle() * Vector512.Create(Unbias);

    /// <summary>One half of each lane as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Numbers256(byte* halves, int which) => Load256(halves, halves, 2 * which).AsSingle() * Vector256.Create(Unbias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* scales, byte* extra, int block)
    {
        var halves = Vector512.Load((int*)scales);
        return ((block < 2 ? halves << 16 : halves) >> 3) & Vector512.Create(HalfField);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* scales, byte* extra, int block)
    {
        var halves = Vector256.Load((int*)scales);
        return ((block < 2 ? halves << 16 : halves) >> 3) & Vector256.Create(HalfField);
    }

    public static int Load(byte* scales, byte* extra, int block) => Widen(((ushort*)scales)[block / 2]);

    public static Vector512<float> Minimum512(byte* scales, byte* extra, int block) => default;

    public static Vector256<float> Minimum256(byte* scales, byte* extra, int block) => default;

    public static float Minimum(byte* scales, byte* extra, int block) => 0;
}
