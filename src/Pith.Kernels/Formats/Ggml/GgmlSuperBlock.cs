namespace Pith.Kernels.Formats;

/// <summary>A block of 256 numbers whose scales, and minima where there are any, are counts of one binary16 unit each.</summary>
/// <param name="bytes">Bytes of a block.</param>
internal abstract class GgmlSuperBlock(int bytes) : GgmlBlock(256, bytes)
{
    /// <summary>Codes in a vector.</summary>
    protected const int Group = 32;

    /// <summary>Takes a block apart.</summary>
    /// <param name="block"><see cref="GgmlBlock.Bytes"/> bytes.</param>
    /// <param name="codes">Receives 256 codes, one a byte.</param>
    /// <param name="counts">Receives 16 bytes, four for each 64 numbers, in the form of the type's packed records.</param>
    /// <param name="units">Receives the unit of the scales and that of the minima, which are added to numbers; the latter zero where there are none.</param>
    public abstract void Unpack(ReadOnlySpan<byte> block, Span<byte> codes, Span<byte> counts, Span<byte> units);

    /// <inheritdoc/>
    public sealed override void TakeApart(ReadOnlySpan<byte> blocks, GgmlParts parts)
    {
        for (var part = 0; blocks.Length > 0; part += Values / GgmlParts.Values, blocks = blocks[Bytes..])
            TakeApart(blocks[..Bytes], parts, part);
    }

    /// <summary>Takes one block apart.</summary>
    /// <param name="block">The block.</param>
    /// <param name="parts">Room for all parts.</param>
    /// <param name="first">Its first part.</param>
    protected abstract void TakeApart(ReadOnlySpan<byte> block, GgmlParts parts, int first);

    /// <summary>Writes units.</summary>
    /// <param name="units">Four bytes.</param>
    /// <param name="scale">The bytes of the scales' unit.</param>
    /// <param name="minimum">The bytes of the unit of what is subtracted; empty where there is none.</param>
    protected static void WriteUnits(Span<byte> units, ReadOnlySpan<byte> scale, ReadOnlySpan<byte> minimum)
    {
        units.Clear();
        scale[..2].CopyTo(units);
        if (minimum.IsEmpty)
            return;
        (units[2], units[3]) = (minimum[0], (byte)(minimum[1] ^ 0x80));
    }
}
