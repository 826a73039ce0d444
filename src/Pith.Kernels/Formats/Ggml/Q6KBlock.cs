using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Q6_K: <c>x̂ = d · s · (q - 32)</c>, one s for each 16 of 256 numbers.</summary>
/// <remarks>Bytes: 128 of lower four bits, 64 of upper two bits, 16 signed s, binary16 d. Of each 128 numbers, byte j of 64 has the
/// lower bits of codes j and j + 64, and byte j of 32 the upper bits of codes j, j + 32, j + 64 and j + 96, lowest first.</remarks>
internal sealed class Q6KBlock() : GgmlSuperBlock(210)
{
    private const int HighAt = 128;
    private const int ScalesAt = 192;
    private const int UnitAt = 208;
    private const int PartValues = 16;
    private const int Parts = 16;
    private const int Middle = 32;
    private const int ExtremeScale = -128;

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var d = ReadHalf(block, UnitAt);
        for (var i = 0; i < Values; i++)
        {
            var (low, lowShift, high, highShift) = Place(i);
            var code = ((block[low] >> lowShift) & 0xF) | (((block[HighAt + high] >> highShift) & 3) << 4);
            values[i] = d * (sbyte)block[ScalesAt + (i / PartValues)] * (code - Middle);
        }
    }

    /// <inheritdoc/>
    protected override void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first)
    {
        var d = GgmlVectors.ReadHalf(block, UnitAt);
        for (var group = 0; group < Values / Group; group++)
        {
            var centered = Codes(block, group).AsSByte() - Vector256.Create((sbyte)Middle);
            var scales = block.Slice(ScalesAt + (2 * group), 2);
            parts.Write(first + (2 * group), centered, d * (sbyte)scales[0], d * (sbyte)scales[1]);
        }
    }

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        for (var group = 0; group < Values / Group; group++)
            Codes(block, group).CopyTo(codes[(group * Group)..]);
        block.Slice(ScalesAt, Parts).CopyTo(counts);
        WriteUnits(units, block[UnitAt..], []);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> scales = stackalloc float[Parts];
        for (var part = 0; part < Parts; part++)
            scales[part] = GgmlSearch.Symmetric<IntegerLevels6>(values.Slice(part * PartValues, PartValues), importance.Slice(part * PartValues, PartValues));
        var unit = WriteHalf(block, UnitAt, ScaleUnit.Of(scales, ExtremeScale));
        for (var part = 0; part < Parts; part++)
        {
            var x = values.Slice(part * PartValues, PartValues);
            var scale = GgmlSearch.NearbyScale<IntegerLevels6>(
                x, importance.Slice(part * PartValues, PartValues), scales[part], unit, sbyte.MinValue, sbyte.MaxValue);
            block[ScalesAt + part] = (byte)(sbyte)scale;
            var inverse = GgmlSearch.FiniteInverse(unit * scale);
            for (var j = 0; j < PartValues; j++)
            {
                var code = IntegerLevels6.Nearest(x[j] * inverse) + Middle;
                var (low, lowShift, high, highShift) = Place((part * PartValues) + j);
                block[low] |= (byte)((code & 0xF) << lowShift);
                block[HighAt + high] |= (byte)((code >> 4) << highShift);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(ReadOnlySpan<byte> block, int group)
    {
        var (half, own) = (group / 4, group % 4);
        var low = Vector256.Create(block.Slice((64 * half) + (Group * (own % 2)), Group));
        var high = Vector256.Create(block.Slice(HighAt + (Group * half), Group));
        return GgmlVectors.Field(low, 4 * (own / 2), 0xF) | GgmlVectors.Field(high, 2 * own, 3, 4);
    }

    private static (int Low, int LowShift, int High, int HighShift) Place(int index)
    {
        var (half, within) = (index / 128, index % 128);
        return ((64 * half) + (within % 64), 4 * (within / 64), (32 * half) + (within % 32), 2 * (within / 32));
    }
}
