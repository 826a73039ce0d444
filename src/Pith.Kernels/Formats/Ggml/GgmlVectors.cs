using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Sixteen codes at a time: cutting nibbles, and making numbers of codes.</summary>
/// <remarks>Lanes are in the order of memory; lengths are multiples of 16, so that there is no remainder. Each number is one
/// multiplication and one subtraction in single precision, never fused, as in the scalar decoders; -0 becomes +0.</remarks>
internal static class GgmlVectors
{
    private const int Lanes = 16;

    /// <summary>Cuts bytes into their lower and their upper four bits.</summary>
    public static void Nibbles(ReadOnlySpan<byte> packed, Span<byte> low, Span<byte> high)
    {
        var mask = Vector128.Create((byte)0xF);
        for (var i = 0; i < packed.Length; i += Lanes)
        {
            var bytes = Vector128.Create(packed.Slice(i, Lanes));
            (bytes & mask).CopyTo(low[i..]);
            ((bytes >>> 4) & mask).CopyTo(high[i..]);
        }
    }

    /// <summary><c>step · (code - middle) - offset</c> of 32 codes in 16 bytes, code j below code j + 16.</summary>
    public static void NibbleNumbers(ReadOnlySpan<byte> packed, int middle, float step, float offset, Span<float> destination)
    {
        var bytes = Vector128.Create(packed);
        var (mask, middles) = (Vector128.Create((byte)0xF), Vector128.Create((sbyte)middle));
        Write((bytes & mask).AsSByte() - middles, step, offset, destination);
        Write(((bytes >>> 4) & mask).AsSByte() - middles, step, offset, destination[Lanes..]);
    }

    /// <summary>As the other, with a fifth bit for each code: bit i of <paramref name="fifth"/> for code i.</summary>
    public static void NibbleNumbers(ReadOnlySpan<byte> packed, uint fifth, int middle, float step, float offset, Span<float> destination)
    {
        var bytes = Vector128.Create(packed);
        var (mask, middles) = (Vector128.Create((byte)0xF), Vector128.Create((sbyte)middle));
        Write(((bytes & mask) | FifthBits(fifth)).AsSByte() - middles, step, offset, destination);
        Write((((bytes >>> 4) & mask) | FifthBits(fifth >> Lanes)).AsSByte() - middles, step, offset, destination[Lanes..]);
    }

    /// <summary><c>step · table[code]</c> of 32 codes in 16 bytes, code j below code j + 16.</summary>
    public static void NibbleNumbers(ReadOnlySpan<byte> packed, ReadOnlySpan<sbyte> table, float step, Span<float> destination)
    {
        var bytes = Vector128.Create(packed);
        var (mask, values) = (Vector128.Create((byte)0xF), Vector128.Create(MemoryMarshal.AsBytes(table)));
        Write(Vector128.Shuffle(values, bytes & mask).AsSByte(), step, 0, destination);
        Write(Vector128.Shuffle(values, (bytes >>> 4) & mask).AsSByte(), step, 0, destination[Lanes..]);
    }

    /// <summary>Adds bits to codes: those of <paramref name="packed"/> at a place, moved to another.</summary>
    /// <param name="packed">As many bytes as codes.</param>
    /// <param name="shift">The lowest of the bits.</param>
    /// <param name="mask">The bits, once they are lowest.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="codes">The codes.</param>
    public static void AddBits(ReadOnlySpan<byte> packed, int shift, byte mask, int to, Span<byte> codes)
    {
        for (var i = 0; i < packed.Length; i += Lanes)
        {
            var bits = (Vector128.Create(packed.Slice(i, Lanes)) >>> shift) & Vector128.Create(mask);
            (Vector128.Create(codes.Slice(i, Lanes)) | (bits << to)).CopyTo(codes[i..]);
        }
    }

    /// <summary><c>step · (code - middle) - offset</c>.</summary>
    public static void Numbers(ReadOnlySpan<byte> codes, int middle, float step, float offset, Span<float> destination)
    {
        for (var i = 0; i < codes.Length; i += Lanes)
        {
            // Codes have at most six bits, so that they are small signed bytes once the middle is taken away.
            var signed = Vector128.Create(codes.Slice(i, Lanes)).AsSByte() - Vector128.Create((sbyte)middle);
            Write(signed, step, offset, destination[i..]);
        }
    }

    /// <summary><c>step · code</c> of signed codes.</summary>
    public static void Numbers(ReadOnlySpan<byte> codes, float step, Span<float> destination)
    {
        for (var i = 0; i < codes.Length; i += Lanes)
            Write(Vector128.Create(codes.Slice(i, Lanes)).AsSByte(), step, 0, destination[i..]);
    }

    // Lane i is 16 where bit i of the lower 16 is set: each lane looks at the byte that has its bit.
    private static Vector128<byte> FifthBits(uint bits)
    {
        var bytes = Vector128.Shuffle(Vector128.CreateScalar(bits).AsByte(), Vector128.Create(0UL, 0x0101010101010101UL).AsByte());
        var own = Vector128.Create(0x8040201008040201UL).AsByte();
        return Vector128.Equals(bytes & own, own) & Vector128.Create((byte)16);
    }

    private static void Write(Vector128<sbyte> codes, float step, float offset, Span<float> destination)
    {
        var (low, high) = Vector128.Widen(codes);
        Write(low, step, offset, destination);
        Write(high, step, offset, destination[(Lanes / 2)..]);
    }

    private static void Write(Vector128<short> codes, float step, float offset, Span<float> destination)
    {
        var (low, high) = Vector128.Widen(codes);
        var numbers = Vector256.ConvertToSingle(Vector256.Create(low, high)) * Vector256.Create(step);
        (numbers - Vector256.Create(offset) + Vector256<float>.Zero).CopyTo(destination);
    }
}
