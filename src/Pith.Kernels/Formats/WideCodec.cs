using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The IEEE formats of 16 and 32 bits, stored little-endian. NaN and infinity are values like others; a float beyond the
/// largest number of the format becomes an infinity, as IEEE 754 has it.</summary>
internal sealed class WideCodec(NumberFormat format) : FormatCodec(format)
{
    private const int Step = 16;
    private const int ChunkLength = 512;

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

        if (Format.Family == FormatFamily.Float16)
        {
            Span<Half> halves = stackalloc Half[ChunkLength];
            for (var start = 0; start < source.Length; start += ChunkLength)
            {
                var chunk = source[start..Math.Min(start + ChunkLength, source.Length)];
                TensorPrimitives.ConvertToHalf(chunk, halves);
                TensorPrimitives.ConvertToSingle(halves[..chunk.Length], destination[start..]);
            }

            return;
        }

        var at = 0;
        for (; at <= source.Length - Step; at += Step)
            (BFloat16Bits(Vector512.LoadUnsafe(in source[at])) << 16).AsSingle().StoreUnsafe(ref destination[at]);
        for (; at < source.Length; at++)
            destination[at] = BitConverter.UInt32BitsToSingle((uint)BFloat16Bits(source[at]) << 16);
    }

    private protected override void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter, ReadOnlySpan<float> importance)
    {
        if (Format.Family == FormatFamily.Float32 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(source).CopyTo(codes);
            return;
        }

        var at = 0;
        if (Format.Family == FormatFamily.BFloat16 && BitConverter.IsLittleEndian)
        {
            for (; at <= source.Length - (2 * Step); at += 2 * Step)
            {
                var low = BFloat16Bits(Vector512.LoadUnsafe(in source[at]));
                var high = BFloat16Bits(Vector512.LoadUnsafe(in source[at + Step]));
                Vector512.Narrow(low, high).AsByte().StoreUnsafe(ref codes[2 * at]);
            }
        }
        else if (Format.Family == FormatFamily.Float16 && BitConverter.IsLittleEndian)
        {
            TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(codes));
            return;
        }

        for (; at < source.Length; at++)
        {
            if (bytes == 4)
                BinaryPrimitives.WriteSingleLittleEndian(codes[(4 * at)..], source[at]);
            else
                BinaryPrimitives.WriteUInt16LittleEndian(codes[(2 * at)..], ToBits(source[at]));
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

        var at = 0;
        if (Format.Family == FormatFamily.BFloat16 && BitConverter.IsLittleEndian)
        {
            for (; at <= destination.Length - Step; at += Step)
            {
                var shorts = Vector256.LoadUnsafe(in codes[2 * at]).AsUInt16();
                var bits = Vector512.Create(Vector256.WidenLower(shorts), Vector256.WidenUpper(shorts));
                (bits << 16).AsSingle().StoreUnsafe(ref destination[at]);
            }
        }
        else if (Format.Family == FormatFamily.Float16 && BitConverter.IsLittleEndian)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(codes), destination);
            return;
        }

        for (; at < destination.Length; at++)
        {
            destination[at] = bytes == 4
                ? BinaryPrimitives.ReadSingleLittleEndian(codes[(4 * at)..])
                : FromBits(BinaryPrimitives.ReadUInt16LittleEndian(codes[(2 * at)..]));
        }
    }

    private ushort ToBits(float value) => Format.Family == FormatFamily.Float16
        ? BitConverter.HalfToUInt16Bits((Half)value)
        : BFloat16Bits(value);

    private float FromBits(ushort bits) => Format.Family == FormatFamily.Float16
        ? (float)BitConverter.UInt16BitsToHalf(bits)
        : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    // Sixteen of what the scalar version does, in the low halves.
    private static Vector512<uint> BFloat16Bits(Vector512<float> value)
    {
        var bits = value.AsUInt32();
        var high = Vector512.ShiftRightLogical(bits, 16);
        var rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + (high & Vector512<uint>.One), 16);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, high | Vector512.Create(0x40u));
    }

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
