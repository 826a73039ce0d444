using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Sixteen or thirty-two codes at a time: cutting fields out of bytes, and making numbers of codes.</summary>
/// <remarks>Lanes are in the order of memory; lengths are multiples of 16, so that there is no remainder. Each number is one
/// multiplication and one subtraction in single precision, never fused, as in the scalar decoders; -0 becomes +0. Everything is
/// inlined into the block's loop, so that codes stay in registers.</remarks>
internal static class GgmlVectors
{
    private const int Lanes = 16;

    // Bits of a binary16: magnitude and exponent; how far its mantissa is from that of a binary32, whose bias is 112 more.
    private const int HalfMagnitude = 0x7FFF;
    private const int HalfExponent = 0x7C00;
    private const int HalfMantissa = 0x3FF;
    private const int HalfShift = 13;
    private const float HalfUnit = 5192296858534827628530496329220096f;

    // Infinities and NaNs of binary32.
    private const int FloatExponent = 0x7F800000;
    private const int QuietBit = 0x400000;

    /// <summary>Reads a binary16 number: its bits in a binary32, times the difference of the biases, which is exact for subnormals too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadHalf(ReadOnlySpan<byte> block, int at)
    {
        int bits = BinaryPrimitives.ReadInt16LittleEndian(block[at..]);
        var (sign, magnitude) = (bits & int.MinValue, (bits & HalfMagnitude) << HalfShift);
        if ((bits & HalfExponent) != HalfExponent)
            return BitConverter.Int32BitsToSingle(sign | magnitude) * HalfUnit;
        var quiet = (bits & HalfMantissa) != 0 ? QuietBit : 0;
        return BitConverter.Int32BitsToSingle(sign | FloatExponent | magnitude | quiet);
    }

    /// <summary>A field of each byte, moved to another place: bits <paramref name="shift"/> and up, <paramref name="mask"/> of them.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="shift">The lowest of the bits, 0 … 7.</param>
    /// <param name="mask">The bits, once they are lowest.</param>
    /// <param name="to">Where they go; they stay inside the byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Field(Vector256<byte> bytes, int shift, byte mask, int to = 0) =>
        // Shifts of 16-bit lanes: what comes from the byte above is masked away.
        (((bytes.AsUInt16() >>> shift) & Vector256.Create(mask).AsUInt16()) << to).AsByte();

    /// <summary>32 codes in 16 bytes, code j below code j + 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Nibbles(ReadOnlySpan<byte> packed)
    {
        var bytes = Vector128.Create(packed);
        return Vector256.Create(bytes, (bytes.AsUInt16() >>> 4).AsByte()) & Vector256.Create((byte)0xF);
    }

    /// <summary>16 where a bit is set, else 0: bit i for lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> FifthBits(uint bits)
    {
        // Each lane looks at the byte that has its bit.
        var half = Vector128.Create(0UL, 0x0101010101010101UL).AsByte();
        var bytes = Vector128.CreateScalar(bits).AsByte();
        var spread = Vector256.Create(Vector128.Shuffle(bytes, half), Vector128.Shuffle(bytes, half + Vector128.Create((byte)2)));
        var own = Vector256.Create(0x8040201008040201UL).AsByte();
        return Vector256.Equals(spread & own, own) & Vector256.Create((byte)16);
    }

    /// <summary><c>table[code]</c> of codes below sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> LookUp(ReadOnlySpan<sbyte> table, Vector256<byte> codes)
    {
        var values = Vector128.Create(MemoryMarshal.AsBytes(table));
        return Vector256.Create(Vector128.Shuffle(values, codes.GetLower()), Vector128.Shuffle(values, codes.GetUpper())).AsSByte();
    }

    /// <summary><c>step · code - offset</c> of 16 signed codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Vector128<sbyte> codes, float step, float offset, Span<float> destination)
    {
        ref var to = ref MemoryMarshal.GetReference(destination[..Lanes]);
        var (steps, offsets) = (Vector256.Create(step), Vector256.Create(offset));
        var shorts = Vector256.WidenLower(codes.ToVector256Unsafe());
        var low = Vector256.ConvertToSingle(Vector256.WidenLower(shorts)) * steps;
        var high = Vector256.ConvertToSingle(Vector256.WidenUpper(shorts)) * steps;
        (low - offsets + Vector256<float>.Zero).StoreUnsafe(ref to);
        (high - offsets + Vector256<float>.Zero).StoreUnsafe(ref to, Lanes / 2);
    }
}
