using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Pith.Kernels.Conversions;

/// <summary>Turns rows of bfloat16 and binary16 into binary32 and back, and looks for numbers that are special.</summary>
/// <remarks>The methods on spans process <see cref="Vector{T}"/> lanes in order and the remainder by the scalar method of the
/// same meaning, so both give the same bits. Stored numbers are little-endian. Thread-safe.</remarks>
public static class FloatConversion
{
    private const uint ExponentMask = 0x7F80_0000;

    /// <summary>The value of a bfloat16; exact.</summary>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; a NaN stays a (quiet) NaN, too large a number becomes an infinity.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Reads a row of bfloat16.</summary>
    /// <param name="source">Two bytes a number.</param>
    /// <param name="destination">As many numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void FromBFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length, sizeof(ushort));
        var codes = MemoryMarshal.Cast<byte, ushort>(source);
        var index = 0;
        for (; index <= codes.Length - Vector<ushort>.Count; index += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(codes[index..]), out var low, out var high);
            Vector.AsVectorSingle(low << 16).CopyTo(destination[index..]);
            Vector.AsVectorSingle(high << 16).CopyTo(destination[(index + Vector<uint>.Count)..]);
        }

        for (; index < codes.Length; index++)
            destination[index] = FromBFloat16(codes[index]);
    }

    /// <summary>Writes a row as bfloat16, each number as <see cref="ToBFloat16(float)"/> rounds it.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">Two bytes a number.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void ToBFloat16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(destination.Length, source.Length, sizeof(ushort));
        var codes = MemoryMarshal.Cast<byte, ushort>(destination);
        var index = 0;
        for (; index <= source.Length - Vector<ushort>.Count; index += Vector<ushort>.Count)
        {
            var low = Round(new Vector<float>(source[index..]));
            var high = Round(new Vector<float>(source[(index + Vector<float>.Count)..]));
            Vector.Narrow(low, high).CopyTo(codes[index..]);
        }

        for (; index < source.Length; index++)
            codes[index] = ToBFloat16(source[index]);

        static Vector<uint> Round(Vector<float> values)
        {
            var bits = Vector.AsVectorUInt32(values);
            var upper = bits >> 16;
            var rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
            var isNumber = Vector.AsVectorUInt32(Vector.Equals(values, values));
            return Vector.ConditionalSelect(isNumber, rounded, upper | new Vector<uint>(0x40));
        }
    }

    /// <summary>Reads a row of binary16; exact.</summary>
    /// <param name="source">Two bytes a number.</param>
    /// <param name="destination">As many numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void FromFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length, sizeof(ushort));
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
    }

    /// <summary>Writes a row as binary16, rounded to nearest, ties to even.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">Two bytes a number.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void ToFloat16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(destination.Length, source.Length, sizeof(ushort));
        TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
    }

    /// <summary>Whether every number is a bfloat16 already, so that nothing is lost by writing it as one.</summary>
    public static bool IsBFloat16(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var lost = Vector<uint>.Zero;
        var index = 0;
        for (; index <= bits.Length - Vector<uint>.Count; index += Vector<uint>.Count)
            lost |= new Vector<uint>(bits[index..]);
        var rest = 0u;
        for (; index < bits.Length; index++)
            rest |= bits[index];
        return (rest & 0xFFFF) == 0 && (lost & new Vector<uint>(0xFFFF)) == Vector<uint>.Zero;
    }

    /// <summary>Index of the first NaN or infinity; -1 when all numbers are finite.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var mask = new Vector<uint>(ExponentMask);
        var index = 0;
        for (; index <= bits.Length - Vector<uint>.Count; index += Vector<uint>.Count)
        {
            if (Vector.EqualsAny(new Vector<uint>(bits[index..]) & mask, mask))
                break;
        }

        for (; index < bits.Length; index++)
        {
            if ((bits[index] & ExponentMask) == ExponentMask)
                return index;
        }

        return -1;
    }

    /// <summary>Index of the first NaN or infinity in a row of bfloat16; -1 when all numbers are finite.</summary>
    /// <param name="source">Two bytes a number.</param>
    public static int IndexOfNonFiniteBFloat16(ReadOnlySpan<byte> source) => IndexOfAllSet(source, 0x7F80);

    /// <summary>Index of the first NaN or infinity in a row of binary16; -1 when all numbers are finite.</summary>
    /// <param name="source">Two bytes a number.</param>
    public static int IndexOfNonFiniteFloat16(ReadOnlySpan<byte> source) => IndexOfAllSet(source, 0x7C00);

    private static int IndexOfAllSet(ReadOnlySpan<byte> source, ushort exponentMask)
    {
        var codes = MemoryMarshal.Cast<byte, ushort>(source);
        var mask = new Vector<ushort>(exponentMask);
        var index = 0;
        for (; index <= codes.Length - Vector<ushort>.Count; index += Vector<ushort>.Count)
        {
            if (Vector.EqualsAny(new Vector<ushort>(codes[index..]) & mask, mask))
                break;
        }

        for (; index < codes.Length; index++)
        {
            if ((codes[index] & exponentMask) == exponentMask)
                return index;
        }

        return -1;
    }

    private static void CheckLengths(int bytes, int numbers, int bytesPerNumber)
    {
        if (bytes != (long)numbers * bytesPerNumber)
            throw new ArgumentException($"expected {bytesPerNumber} bytes a number, found {bytes} bytes for {numbers} numbers");
    }
}
