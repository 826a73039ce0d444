namespace Pith.Kernels.Formats;

/// <summary>IQ4_NL: <c>x̂ = d · v(q)</c>, v the uneven steps. Bytes: binary16 d; 16 bytes, byte j with code j below code j + 16.</summary>
internal sealed class Iq4NlBlock() : GgmlBlock(32, 18)
{
    private const int HalfBlock = 16;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, 0);
        for (var j = 0; j < HalfBlock; j++)
        {
            values[j] = d * UnevenLevels.Steps[block[2 + j] & 0xF];
            values[j + HalfBlock] = d * UnevenLevels.Steps[block[2 + j] >> 4];
        }
    }

    /// <inheritdoc/>
    public override void TakeApart(ReadOnlySpan<byte> blocks, GgmlParts parts)
    {
        for (var part = 0; blocks.Length > 0; part += 2, blocks = blocks[Bytes..])
        {
            var codes = GgmlVectors.LookUp(UnevenLevels.Steps, GgmlVectors.Nibbles(blocks.Slice(2, HalfBlock)));
            parts.Write(part, codes, GgmlVectors.ReadHalf(blocks, 0));
        }
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        var inverse = GgmlSearch.FiniteInverse(WriteHalf(block, 0, GgmlSearch.Symmetric<UnevenLevels>(values, importance)));
        for (var j = 0; j < HalfBlock; j++)
        {
            var first = UnevenLevels.Code(values[j] * inverse);
            var second = UnevenLevels.Code(values[j + HalfBlock] * inverse);
            block[2 + j] = (byte)(first | (second << 4));
        }
    }
}
