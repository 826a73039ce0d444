using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Reads rows of ggml blocks of 256 numbers, whose scales and minima are counts: the K types and IQ4_XS.</summary>
internal static class SuperBlocks
{
    private const int CountBytes = CountUnits.Records * Tile.LaneBytes;

    /// <summary>Unpacks a row.</summary>
    /// <param name="row">Its blocks.</param>
    /// <param name="codec">The codec of such a type.</param>
    /// <param name="codes">256 a block, one a byte.</param>
    /// <param name="counts">16 bytes a block, as records have them.</param>
    /// <param name="units">Four bytes a block: see <see cref="CountUnits"/>.</param>
    /// <returns>False when a unit is not finite.</returns>
    public static bool Unpack(ReadOnlySpan<byte> row, FormatCodec codec, Span<byte> codes, Span<byte> counts, Span<byte> units)
    {
        var block = (GgmlSuperBlock)((GgmlCodec)codec).Block;
        for (int i = 0, at = 0; at < row.Length; i++, at += block.Bytes)
        {
            var own = units.Slice(i * Tile.LaneBytes, Tile.LaneBytes);
            block.Unpack(row.Slice(at, block.Bytes), codes.Slice(i * block.Values, block.Values), counts.Slice(i * CountBytes, CountBytes), own);
            if (!Half.IsFinite(BitConverter.ToHalf(own)) || !Half.IsFinite(BitConverter.ToHalf(own[2..])))
                return false;
        }

        return true;
    }
}
