using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q8_0: <c>x̂ = d · q</c>. Bytes: binary16 d; 32 signed bytes q.</summary>
/// <remarks>d = max|x| / 127; q is x/d, with d before its rounding to binary16, rounded half away from zero.</remarks>
internal sealed class Q80Block() : GgmlBlock(32, 34)
{
    private const int LargestCode = 127;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, 0);
        for (var i = 0; i < Values; i++)
            values[i] = d * (sbyte)block[2 + i];
    }

    /// <inheritdoc/>
    public override void TakeApart(ReadOnlySpan<byte> blocks, GgmlParts parts)
    {
        for (var part = 0; blocks.Length > 0; part += 2, blocks = blocks[Bytes..])
            parts.Write(part, Vector256.Create(blocks.Slice(2, Values)).AsSByte(), GgmlVectors.ReadHalf(blocks, 0));
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        var d = largest / LargestCode;
        var inverse = Inverse(d);
        WriteHalf(block, 0, d);
        for (var i = 0; i < Values; i++)
            block[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
    }
}
