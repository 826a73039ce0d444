using System.Buffers;

namespace Pith.Kernels.Formats;

/// <summary>The codes of a row, one a byte, on their way to or from the packed row.</summary>
/// <remarks>Three ways: codes of one plane whose blocks are multiples of sixteen are packed as one long block; those of several planes a block at a
/// time; other blocks by the scalar layout. Rents its buffer: <see cref="PackRest"/> or <see cref="Return"/> gives it back.</remarks>
internal readonly ref struct RowPacker
{
    private readonly CodeLayout layout;
    private readonly ReadOnlySpan<int> planes;
    private readonly int length;
    private readonly bool isWhole;
    private readonly byte[] buffer;
    private readonly int used;

    /// <summary>A packer for one row.</summary>
    /// <param name="layout">The layout of the codes.</param>
    /// <param name="planes">Its planes.</param>
    /// <param name="length">Elements of a block.</param>
    /// <param name="blocks">Blocks of the row.</param>
    public RowPacker(CodeLayout layout, ReadOnlySpan<int> planes, int length, int blocks)
    {
        this.layout = layout;
        this.planes = planes;
        this.length = length;
        var isAligned = length % BytePlanes.Step == 0;
        isWhole = isAligned && planes.Length == 1;
        used = checked(isWhole ? blocks * length : (length + BytePlanes.Step - 1) / BytePlanes.Step * BytePlanes.Step);
        buffer = ArrayPool<byte>.Shared.Rent(used);
    }

    /// <summary>The bytes of a block.</summary>
    /// <param name="block">Which.</param>
    /// <param name="padded">Its length, rounded up to a multiple of sixteen.</param>
    public Span<byte> Block(int block, int padded) => buffer.AsSpan(isWhole ? block * length : 0, padded);

    /// <summary>Packs the bytes of a block, unless the row is packed as a whole.</summary>
    public void Pack(int block, Span<byte> row)
    {
        if (isWhole)
            return;
        if (length % BytePlanes.Step == 0)
        {
            var bytes = length / 8 * layout.Bits;
            BytePlanes.Pack(buffer.AsSpan(0, length), planes, row.Slice(block * bytes, bytes));
            return;
        }

        // The first block clears what was in the row, since the scalar layout sets bits.
        if (block == 0)
            row.Clear();
        var wide = ArrayPool<ushort>.Shared.Rent(length);
        for (var i = 0; i < length; i++)
            wide[i] = buffer[i];
        layout.Pack(wide.AsSpan(0, length), row, block);
        ArrayPool<ushort>.Shared.Return(wide);
    }

    /// <summary>Packs a row that is packed as a whole, and gives the buffer back.</summary>
    public void PackRest(Span<byte> row)
    {
        if (isWhole)
            BytePlanes.Pack(buffer.AsSpan(0, used), planes, row);
        Return();
    }

    /// <summary>Unpacks a row that is packed as a whole.</summary>
    public void UnpackFirst(ReadOnlySpan<byte> row)
    {
        if (isWhole)
            BytePlanes.Unpack(row, planes, buffer.AsSpan(0, used));
    }

    /// <summary>Unpacks the bytes of a block, unless the row was unpacked as a whole.</summary>
    public void Unpack(int block, ReadOnlySpan<byte> row)
    {
        if (isWhole)
            return;
        if (length % BytePlanes.Step == 0)
        {
            var bytes = length / 8 * layout.Bits;
            BytePlanes.Unpack(row.Slice(block * bytes, bytes), planes, buffer.AsSpan(0, length));
            return;
        }

        var wide = ArrayPool<ushort>.Shared.Rent(length);
        layout.Unpack(row, block, wide.AsSpan(0, length));
        for (var i = 0; i < length; i++)
            buffer[i] = (byte)wide[i];
        ArrayPool<ushort>.Shared.Return(wide);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(buffer);
}
