using System.Buffers;

namespace Pith.Kernels.Formats;

/// <summary>The codes of a row, low bytes and (above eight bits) high bytes apart, on their way to or from the packed row.</summary>
/// <remarks>Three ways: codes of one plane whose blocks are multiples of sixteen are packed as one long block; those of several planes a block at a
/// time; other blocks, and codes of sixteen bits, by the scalar layout. Rents its buffer: <see cref="PackRest"/> or <see cref="Return"/>
/// gives it back.</remarks>
internal readonly ref struct RowPacker
{
    private readonly CodeLayout layout;
    private readonly ReadOnlySpan<int> planes;
    private readonly int length;
    private readonly int padded;
    private readonly bool isWide;
    private readonly bool isAligned;
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
        padded = checked((length + BytePlanes.Step - 1) / BytePlanes.Step * BytePlanes.Step);
        isWide = layout.Bits > 8;
        isAligned = padded == length && layout.Bits != 16;
        isWhole = isAligned && planes.Length == 1;
        used = checked(isWhole ? blocks * length : isWide ? 2 * padded : padded);
        buffer = ArrayPool<byte>.Shared.Rent(used);
    }

    /// <summary>The low bytes of a block's codes, rounded up to a multiple of sixteen.</summary>
    public Span<byte> Low(int block) => buffer.AsSpan(isWhole ? block * length : 0, padded);

    /// <summary>The high bytes; empty for codes of at most eight bits.</summary>
    public Span<byte> High => isWide ? buffer.AsSpan(padded, padded) : [];

    /// <summary>Packs the bytes of a block, unless the row is packed as a whole.</summary>
    public void Pack(int block, Span<byte> row)
    {
        if (isWhole)
            return;
        if (isAligned)
        {
            var bytes = row.Slice(block * (length / 8 * layout.Bits), length / 8 * layout.Bits);
            BytePlanes.Pack(buffer.AsSpan(0, length), isWide ? planes[..1] : planes, bytes);
            if (isWide)
                BytePlanes.Pack(High, planes[1..], bytes[length..]);
            return;
        }

        // The first block clears what was in the row, since the scalar layout sets bits.
        if (block == 0)
            row.Clear();
        var codes = ArrayPool<ushort>.Shared.Rent(length);
        for (var i = 0; i < length; i++)
            codes[i] = (ushort)(buffer[i] | (isWide ? buffer[padded + i] << 8 : 0));
        layout.Pack(codes.AsSpan(0, length), row, block);
        ArrayPool<ushort>.Shared.Return(codes);
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
        if (isAligned)
        {
            var bytes = row.Slice(block * (length / 8 * layout.Bits), length / 8 * layout.Bits);
            BytePlanes.Unpack(bytes, isWide ? planes[..1] : planes, buffer.AsSpan(0, length));
            if (isWide)
                BytePlanes.Unpack(bytes[length..], planes[1..], High);
            return;
        }

        var codes = ArrayPool<ushort>.Shared.Rent(length);
        layout.Unpack(row, block, codes.AsSpan(0, length));
        for (var i = 0; i < length; i++)
        {
            buffer[i] = (byte)codes[i];
            if (isWide)
                buffer[padded + i] = (byte)(codes[i] >> 8);
        }

        ArrayPool<ushort>.Shared.Return(codes);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(buffer);
}
