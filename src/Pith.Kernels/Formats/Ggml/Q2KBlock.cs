using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q2_K: <c>x̂ = d · s · q - e · m</c>, four-bit s and m for each 16 of 256 numbers.</summary>
/// <remarks>Bytes: 16 with s below m; 64 of codes, of each 128 numbers byte j of 32 with those of j, j + 32, j + 64 and j + 96,
/// lowest first; binary16 d; binary16 e.</remarks>
internal sealed class Q2KBlock() : GgmlSuperBlock(84)
{
    private const int CodesAt = 16;
    private const int ScaleUnitAt = 80;
    private const int MinimumUnitAt = 82;
    private const int PartValues = 16;
    private const int Parts = 16;
    private const int LargestCode = 3;
    private const int MostCount = 15;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (d, e) = (ReadHalf(block, ScaleUnitAt), ReadHalf(block, MinimumUnitAt));
        for (var i = 0; i < Values; i++)
        {
            var counts = block[i / PartValues];
            var (at, shift) = Place(i);
            values[i] = (d * (counts & 0xF) * ((block[CodesAt + at] >> shift) & 3)) - (e * (counts >> 4));
        }
    }

    /// <inheritdoc/>
    public override bool HasOffsets => true;

    /// <inheritdoc/>
    protected override void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first)
    {
        var (d, e) = (GgmlVectors.ReadHalf(block, ScaleUnitAt), GgmlVectors.ReadHalf(block, MinimumUnitAt));
        for (var group = 0; group < Values / Group; group++)
        {
            var counts = block.Slice(2 * group, 2);
            parts.Write(first + (2 * group), Codes(block, group).AsSByte(), d * (counts[0] & 0xF), d * (counts[1] & 0xF));
            parts.WriteOffsets(first + (2 * group), e * (counts[0] >> 4), e * (counts[1] >> 4));
        }
    }

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        for (var group = 0; group < Values / Group; group++)
            Codes(block, group).CopyTo(codes[(group * Group)..]);
        block[..Parts].CopyTo(counts);
        WriteUnits(units, block[ScaleUnitAt..], block[MinimumUnitAt..]);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> scales = stackalloc float[Parts];
        Span<float> minima = stackalloc float[Parts];
        var (d, e) = AffineParts.Units(values, importance, LargestCode, MostCount, scales, minima);
        var units = (WriteHalf(block, ScaleUnitAt, d), WriteHalf(block, MinimumUnitAt, e));
        for (var part = 0; part < Parts; part++)
        {
            var x = values.Slice(part * PartValues, PartValues);
            var (scale, minimum) = AffineParts.Counts(
                x, importance.Slice(part * PartValues, PartValues), LargestCode, MostCount, (scales[part], minima[part]), units);
            block[part] = (byte)(scale | (minimum << 4));
            var inverse = GgmlSearch.FiniteInverse(units.Item1 * scale);
            for (var j = 0; j < PartValues; j++)
            {
                var (at, shift) = Place((part * PartValues) + j);
                block[CodesAt + at] |= (byte)(GgmlSearch.AffineCode(x[j], units.Item2 * minimum, inverse, LargestCode) << shift);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(ReadOnlySpan<byte> block, int group)
    {
        var (at, shift) = Place(group * Group);
        return GgmlVectors.Field(Vector256.Create(block.Slice(CodesAt + at, Group)), shift, LargestCode);
    }

    private static (int At, int Shift) Place(int index) => ((32 * (index / 128)) + (index % 32), 2 * (index % 128 / 32));
}
