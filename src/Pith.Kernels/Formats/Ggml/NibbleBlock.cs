using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q4_0, Q4_1, Q5_0 and Q5_1: 32 codes of 4 or 5 bits with a scale, and a minimum or a fixed middle.</summary>
/// <remarks>Without a minimum <c>x̂ = d · (q - 2^(b-1))</c>, with one <c>x̂ = d · q + m</c>. Bytes: binary16 d; binary16 m if there
/// is one; for five bits a little-endian 32-bit word whose bit i is the fifth bit of code i; 16 bytes, byte j with the lower four
/// bits of code j below those of code j + 16. Encoding: without a minimum, d is the number of largest magnitude (the first of
/// them, sign kept) over -2^(b-1); with one, d is the range over 2^b-1. Codes are those of the scale before its rounding to
/// binary16, rounded half up.</remarks>
internal sealed class NibbleBlock(int bits, bool hasMinimum)
    : GgmlBlock(32, 2 + (hasMinimum ? 2 : 0) + (bits == 5 ? 4 : 0) + 16)
{
    private const int Half = 16;

    private readonly int highAt = hasMinimum ? 4 : 2;
    private readonly int lowAt = (hasMinimum ? 4 : 2) + (bits == 5 ? 4 : 0);
    private readonly int middle = 1 << (bits - 1);
    private readonly int largest = (1 << bits) - 1;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, 0);
        var m = hasMinimum ? ReadHalf(block, 2) : 0;
        var offset = hasMinimum ? 0 : middle;
        var high = bits == 5 ? BinaryPrimitives.ReadUInt32LittleEndian(block[highAt..]) : 0;
        for (var j = 0; j < Half; j++)
        {
            var first = (block[lowAt + j] & 0xF) | (int)(((high >> j) & 1) << 4);
            var second = (block[lowAt + j] >> 4) | (int)(((high >> (j + Half)) & 1) << 4);
            values[j] = ((first - offset) * d) + m;
            values[j + Half] = ((second - offset) * d) + m;
        }
    }

    /// <inheritdoc/>
    public override bool HasOffsets => hasMinimum;

    /// <inheritdoc/>
    public override void TakeApart(ReadOnlySpan<byte> blocks, GgmlParts parts)
    {
        var offset = Vector256.Create((sbyte)(hasMinimum ? 0 : middle));
        for (var part = 0; blocks.Length > 0; part += 2, blocks = blocks[Bytes..])
        {
            var codes = GgmlVectors.Nibbles(blocks.Slice(lowAt, Half));
            if (bits == 5)
                codes |= GgmlVectors.FifthBits(BinaryPrimitives.ReadUInt32LittleEndian(blocks[highAt..]));
            parts.Write(part, codes.AsSByte() - offset, GgmlVectors.ReadHalf(blocks, 0));
            if (!hasMinimum)
                continue;
            var minimum = GgmlVectors.ReadHalf(blocks, 2);
            parts.WriteOffsets(part, -minimum, -minimum);
        }
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        var (d, m) = hasMinimum ? Range(values) : (Extreme(values) / -middle, 0);
        var inverse = Inverse(d);
        WriteHalf(block, 0, d);
        if (hasMinimum)
            WriteHalf(block, 2, m);
        var middleAndHalf = hasMinimum ? 0.5f : middle + 0.5f;
        var high = 0u;
        for (var j = 0; j < Half; j++)
        {
            var first = Code(((values[j] - m) * inverse) + middleAndHalf);
            var second = Code(((values[j + Half] - m) * inverse) + middleAndHalf);
            block[lowAt + j] = (byte)((first & 0xF) | ((second & 0xF) << 4));
            high |= ((uint)first >> 4) << j;
            high |= ((uint)second >> 4) << (j + Half);
        }

        if (bits == 5)
            BinaryPrimitives.WriteUInt32LittleEndian(block[highAt..], high);
    }

    private static float Extreme(ReadOnlySpan<float> values)
    {
        var extreme = 0f;
        foreach (var value in values)
        {
            if (Math.Abs(value) > Math.Abs(extreme))
                extreme = value;
        }

        return extreme;
    }

    private int Code(float value) => Math.Clamp((int)value, 0, largest);

    private (float Scale, float Minimum) Range(ReadOnlySpan<float> values)
    {
        var (least, most) = (values[0], values[0]);
        foreach (var value in values)
        {
            if (value < least)
                least = value;
            if (value > most)
                most = value;
        }

        return ((most - least) / largest, least);
    }
}
