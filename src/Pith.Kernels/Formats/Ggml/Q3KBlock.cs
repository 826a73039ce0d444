using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q3_K: <c>x̂ = d · (s - 32) · q</c>, q from -4 to 3, one six-bit s for each 16 of 256 numbers.</summary>
/// <remarks>Bytes: 32 of the third bits of q + 4, bit n of byte j belonging to number 32n + j; 64 of the lower two bits, of each 128
/// numbers byte j of 32 with those of j, j + 32, j + 64 and j + 96, lowest first; 12 of scales: byte j of 8 has the lower four
/// bits of s_j and s_(j+8), byte j of the last 4 the upper two of s_j, s_(j+4), s_(j+8), s_(j+12); binary16 d.</remarks>
internal sealed class Q3KBlock() : GgmlSuperBlock(110)
{
    private const int LowAt = 32;
    private const int ScalesAt = 96;
    private const int ScalesHighAt = 104;
    private const int UnitAt = 108;
    private const int PartValues = 16;
    private const int Parts = 16;
    private const int Middle = 4;
    private const int ScaleMiddle = 32;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, UnitAt);
        for (var part = 0; part < Parts; part++)
        {
            var scale = d * (ReadScale(block, part) - ScaleMiddle);
            for (var i = part * PartValues; i < (part + 1) * PartValues; i++)
            {
                var (at, shift) = Place(i);
                var code = ((block[LowAt + at] >> shift) & 3) | (((block[i % 32] >> (i / 32)) & 1) << 2);
                values[i] = scale * (code - Middle);
            }
        }
    }

    /// <inheritdoc/>
    protected override void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first)
    {
        var d = GgmlVectors.ReadHalf(block, UnitAt);
        for (var group = 0; group < Values / Group; group++)
        {
            var centered = Codes(block, group).AsSByte() - Vector256.Create((sbyte)Middle);
            var (even, odd) = (ReadScale(block, 2 * group) - ScaleMiddle, ReadScale(block, (2 * group) + 1) - ScaleMiddle);
            parts.Write(first + (2 * group), centered, d * even, d * odd);
        }
    }

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        for (var group = 0; group < Values / Group; group++)
            Codes(block, group).CopyTo(codes[(group * Group)..]);
        for (var part = 0; part < Parts; part++)
            counts[part] = (byte)(ReadScale(block, part) - ScaleMiddle);
        WriteUnits(units, block[UnitAt..], []);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> scales = stackalloc float[Parts];
        for (var part = 0; part < Parts; part++)
            scales[part] = GgmlSearch.Symmetric<IntegerLevels3>(values.Slice(part * PartValues, PartValues), importance.Slice(part * PartValues, PartValues));
        var unit = WriteHalf(block, UnitAt, ScaleUnit.Of(scales, -ScaleMiddle));
        for (var part = 0; part < Parts; part++)
        {
            var x = values.Slice(part * PartValues, PartValues);
            var scale = GgmlSearch.NearbyScale<IntegerLevels3>(
                x, importance.Slice(part * PartValues, PartValues), scales[part], unit, -ScaleMiddle, ScaleMiddle - 1);
            var inverse = GgmlSearch.FiniteInverse(unit * scale);
            block[ScalesAt + (part % 8)] |= (byte)(((scale + ScaleMiddle) & 0xF) << (4 * (part / 8)));
            block[ScalesHighAt + (part % 4)] |= (byte)(((scale + ScaleMiddle) >> 4) << (2 * (part / 4)));
            for (var j = 0; j < PartValues; j++)
            {
                var i = (part * PartValues) + j;
                var code = IntegerLevels3.Nearest(x[j] * inverse) + Middle;
                var (at, shift) = Place(i);
                block[LowAt + at] |= (byte)((code & 3) << shift);
                block[i % 32] |= (byte)((code >> 2) << (i / 32));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(ReadOnlySpan<byte> block, int group)
    {
        var (at, shift) = Place(group * Group);
        var low = Vector256.Create(block.Slice(LowAt + at, Group));
        return GgmlVectors.Field(low, shift, 3) | GgmlVectors.Field(Vector256.Create(block[..Group]), group, 1, 2);
    }

    private static (int At, int Shift) Place(int index) => ((32 * (index / 128)) + (index % 32), 2 * (index % 128 / 32));

    private static int ReadScale(ReadOnlySpan<byte> block, int part)
    {
        var low = (block[ScalesAt + (part % 8)] >> (4 * (part / 8))) & 0xF;
        var high = (block[ScalesHighAt + (part % 4)] >> (2 * (part / 4))) & 3;
        return low | (high << 4);
    }
}
