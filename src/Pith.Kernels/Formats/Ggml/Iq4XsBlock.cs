using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>IQ4_XS: <c>x̂ = d · (s - 32) · v(q)</c>, one s for each 32 of 256 numbers, v the uneven steps.</summary>
/// <remarks>Bytes: binary16 d; 16 bits with the upper two bits of the eight s; 4 bytes with their lower four bits, the even s in the
/// lower nibble; 8 times 16 bytes of codes as in IQ4_NL.</remarks>
internal sealed class Iq4XsBlock() : GgmlSuperBlock(136)
{
    private const int Parts = 8;
    private const int PartValues = 32;
    private const int Half = 16;
    private const int HighAt = 2;
    private const int LowAt = 4;
    private const int CodesAt = 8;
    private const int Middle = 32;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, 0);
        for (var part = 0; part < Parts; part++)
        {
            var scale = d * (ReadScale(block, part) - Middle);
            for (var j = 0; j < Half; j++)
            {
                var codes = block[CodesAt + (part * Half) + j];
                values[(part * PartValues) + j] = scale * UnevenLevels.Steps[codes & 0xF];
                values[(part * PartValues) + j + Half] = scale * UnevenLevels.Steps[codes >> 4];
            }
        }
    }

    /// <inheritdoc/>
    protected override void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first)
    {
        var d = GgmlVectors.ReadHalf(block, 0);
        for (var part = 0; part < Parts; part++)
        {
            var codes = GgmlVectors.Nibbles(block.Slice(CodesAt + (part * Half), Half));
            parts.Write(first + (2 * part), GgmlVectors.LookUp(UnevenLevels.Steps, codes), d * (ReadScale(block, part) - Middle));
        }
    }

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        for (var part = 0; part < Parts; part++)
        {
            GgmlVectors.Nibbles(block.Slice(CodesAt + (part * Half), Half)).CopyTo(codes[(part * PartValues)..]);
            var count = (byte)(ReadScale(block, part) - Middle);
            (counts[2 * part], counts[(2 * part) + 1]) = (count, count);
        }

        WriteUnits(units, block, []);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> scales = stackalloc float[Parts];
        for (var part = 0; part < Parts; part++)
            scales[part] = GgmlSearch.Symmetric<UnevenLevels>(values.Slice(part * PartValues, PartValues), importance.Slice(part * PartValues, PartValues));
        var unit = WriteHalf(block, 0, ScaleUnit.Of(scales, -Middle));
        var high = 0;
        for (var part = 0; part < Parts; part++)
        {
            var x = values.Slice(part * PartValues, PartValues);
            var scale = GgmlSearch.NearbyScale<UnevenLevels>(
                x, importance.Slice(part * PartValues, PartValues), scales[part], unit, -Middle, Middle - 1);
            block[LowAt + (part / 2)] |= (byte)(((scale + Middle) & 0xF) << (4 * (part % 2)));
            high |= ((scale + Middle) >> 4) << (2 * part);
            var inverse = GgmlSearch.FiniteInverse(unit * scale);
            for (var j = 0; j < Half; j++)
            {
                var codes = UnevenLevels.Code(x[j] * inverse) | (UnevenLevels.Code(x[j + Half] * inverse) << 4);
                block[CodesAt + (part * Half) + j] = (byte)codes;
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(block[HighAt..], (ushort)high);
    }

    private static int ReadScale(ReadOnlySpan<byte> block, int part)
    {
        var low = (block[LowAt + (part / 2)] >> (4 * (part % 2))) & 0xF;
        var high = BinaryPrimitives.ReadUInt16LittleEndian(block[HighAt..]) >> (2 * part);
        return low | ((high & 3) << 4);
    }
}
