using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q4_K and Q5_K: <c>x̂ = d · s · q - e · m</c>, six-bit s and m for each 32 of 256 numbers.</summary>
/// <remarks>Bytes: binary16 d; binary16 e; 12 of counts; for five bits 32 with the fifth bits, bit n of byte j belonging to number
/// 32n + j; 128 of the lower four bits, byte j of 32 for each 64 numbers with those of j below those of j + 32. Counts: byte j
/// of the first 4 is s_j in six bits and, above them, the upper two of s_(j+4); the next 4 likewise for m; the last 4 have the
/// lower four bits of s_(j+4) below those of m_(j+4).</remarks>
internal sealed class Q45KBlock(int bits) : GgmlSuperBlock(16 + (bits == 5 ? 32 : 0) + 128)
{
    private const int MinimumUnitAt = 2;
    private const int CountsAt = 4;
    private const int HighAt = 16;
    private const int PartValues = 32;
    private const int Parts = 8;
    private const int MostCount = 63;

    private readonly int lowAt = bits == 5 ? 48 : 16;
    private readonly int largest = (1 << bits) - 1;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (d, e) = (ReadHalf(block, 0), ReadHalf(block, MinimumUnitAt));
        for (var part = 0; part < Parts; part++)
        {
            var (scale, minimum) = ReadCounts(block[CountsAt..], part);
            var (step, offset) = (d * scale, e * minimum);
            for (var j = 0; j < PartValues; j++)
            {
                var code = (block[lowAt + (32 * (part / 2)) + j] >> (4 * (part % 2))) & 0xF;
                if (bits == 5)
                    code |= ((block[HighAt + j] >> part) & 1) << 4;
                values[(part * PartValues) + j] = (step * code) - offset;
            }
        }
    }

    /// <inheritdoc/>
    public override bool HasOffsets => true;

    /// <inheritdoc/>
    protected override void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first)
    {
        var (d, e) = (GgmlVectors.ReadHalf(block, 0), GgmlVectors.ReadHalf(block, MinimumUnitAt));
        for (var part = 0; part < Parts; part++)
        {
            var (scale, minimum) = ReadCounts(block[CountsAt..], part);
            parts.Write(first + (2 * part), Codes(block, part).AsSByte(), d * scale);
            parts.WriteOffsets(first + (2 * part), e * minimum, e * minimum);
        }
    }

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        for (var part = 0; part < Parts; part++)
        {
            Codes(block, part).CopyTo(codes[(part * PartValues)..]);
            var (scale, minimum) = ReadCounts(block[CountsAt..], part);
            var at = (part / 2 * 4) + (part % 2);
            (counts[at], counts[at + 2]) = ((byte)scale, (byte)minimum);
        }

        WriteUnits(units, block, block[MinimumUnitAt..]);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> scales = stackalloc float[Parts];
        Span<float> minima = stackalloc float[Parts];
        var (d, e) = AffineParts.Units(values, importance, largest, MostCount, scales, minima);
        var units = (WriteHalf(block, 0, d), WriteHalf(block, MinimumUnitAt, e));
        for (var part = 0; part < Parts; part++)
        {
            var x = values.Slice(part * PartValues, PartValues);
            var (scale, minimum) = AffineParts.Counts(
                x, importance.Slice(part * PartValues, PartValues), largest, MostCount, (scales[part], minima[part]), units);
            WriteCounts(block[CountsAt..], part, scale, minimum);
            var inverse = GgmlSearch.FiniteInverse(units.Item1 * scale);
            for (var j = 0; j < PartValues; j++)
            {
                var code = GgmlSearch.AffineCode(x[j], units.Item2 * minimum, inverse, largest);
                block[lowAt + (32 * (part / 2)) + j] |= (byte)((code & 0xF) << (4 * (part % 2)));
                if (bits == 5)
                    block[HighAt + j] |= (byte)((code >> 4) << part);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Codes(ReadOnlySpan<byte> block, int part)
    {
        var packed = Vector256.Create(block.Slice(lowAt + (PartValues * (part / 2)), PartValues));
        var low = GgmlVectors.Field(packed, 4 * (part % 2), 0xF);
        return bits == 5 ? low | GgmlVectors.Field(Vector256.Create(block.Slice(HighAt, PartValues)), part, 1, 4) : low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Scale, int Minimum) ReadCounts(ReadOnlySpan<byte> counts, int part)
    {
        if (part < 4)
            return (counts[part] & 63, counts[part + 4] & 63);
        return ((counts[part + 4] & 0xF) | ((counts[part - 4] >> 6) << 4), (counts[part + 4] >> 4) | ((counts[part] >> 6) << 4));
    }

    private static void WriteCounts(Span<byte> counts, int part, int scale, int minimum)
    {
        if (part < 4)
        {
            counts[part] |= (byte)scale;
            counts[part + 4] |= (byte)minimum;
            return;
        }

        counts[part + 4] |= (byte)((scale & 0xF) | ((minimum & 0xF) << 4));
        counts[part - 4] |= (byte)((scale >> 4) << 6);
        counts[part] |= (byte)((minimum >> 4) << 6);
    }
}
