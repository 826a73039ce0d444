using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The IEEE formats of 16 and 32 bits, stored little-endian. NaN and infinity are values like others; a float beyond the
/// largest number of the format becomes an infinity, as IEEE 754 has it.</summary>
internal sealed class WideCodec(NumberFormat format) : FormatCodec(format)
{
    private readonly int bytes = format.ElementBits / 8;

    /// <inheritdoc/>
    public override int CodeBytes(int columns) => checked(columns * bytes);

    private protected override void RoundRow(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance)
    {
        if (Format.Family == FormatFamily.Float32)
        {
            source.CopyTo(destination);
            return;
        }

        for (var i = 0; i < source.Length; i++)
            destination[i] = FromBits(ToBits(source[i]));
    }

    private protected override void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter, ReadOnlySpan<float> importance)
    {
        if (Format.Family == FormatFamily.Float32 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(source).CopyTo(codes);
            return;
        }

        for (var i = 0; i < source.Length; i++)
        {
            if (bytes == 4)
                BinaryPrimitives.WriteSingleLittleEndian(codes[(4 * i)..], source[i]);
            else
                BinaryPrimitives.WriteUInt16LittleEndian(codes[(2 * i)..], ToBits(source[i]));
        }
    }

    private protected override void DecodeRow(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter)
    {
        if (Format.Family == FormatFamily.Float32 && BitConverter.IsLittleEndian)
        {
            codes.CopyTo(MemoryMarshal.AsBytes(destination));
            return;
        }

        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = bytes == 4
                ? BinaryPrimitives.ReadSingleLittleEndian(codes[(4 * i)..])
                : FromBits(BinaryPrimitives.ReadUInt16LittleEndian(codes[(2 * i)..]));
        }
    }

    private ushort ToBits(float value) => Format.Family == FormatFamily.Float16
        ? BitConverter.HalfToUInt16Bits((Half)value)
        : BFloat16Bits(value);

    private float FromBits(ushort bits) => Format.Family == FormatFamily.Float16
        ? (float)BitConverter.UInt16BitsToHalf(bits)
        : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    // Adding half of the last kept place, less one where that place is even, carries exactly when the nearest (even on a tie)
    // lies above; the carry may run into the exponent, up to infinity. A NaN keeps its sign and stays a (quiet) NaN.
    private static ushort BFloat16Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
