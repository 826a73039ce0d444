namespace Pith.Kernels.Formats;

/// <summary>Where the bits of a block's codes lie in the bit string of a row.</summary>
/// <remarks>A row is a string of bits, bit i in bit i mod 8 of byte i / 8. Blocks follow one another without padding. The
/// codes of a block are cut into planes, low bits first, so that every plane has a width that unpacks without straddling:
/// 5 bits are a plane of 4 and a plane of 1, 3 bits a plane of 2 and a plane of 1, and so on (see <see cref="Planes"/>). In a plane the
/// fields of elements 0, 1, 2 … follow one another: four-bit fields put element 2j into the low nibble of byte j, six-bit
/// fields put four elements into three bytes. Immutable.</remarks>
internal sealed class CodeLayout
{
    private static readonly int[][] WidthsByBits =
    [
        [], [1], [2], [2, 1], [4], [4, 1], [6], [7], [8], [8, 1], [8, 2], [8, 2, 1], [8, 4], [8, 4, 1], [8, 6], [8, 7], [16],
    ];

    /// <summary>The layout of codes of a width.</summary>
    /// <param name="bits">1 … 16.</param>
    public CodeLayout(int bits)
    {
        Bits = bits;
        Planes = WidthsByBits[bits];
    }

    /// <summary>Bits of a code.</summary>
    public int Bits { get; }

    /// <summary>Widths of the planes, the one with the lowest bits first; they add up to <see cref="Bits"/>.</summary>
    public IReadOnlyList<int> Planes { get; }

    /// <summary>Bytes of a row of full blocks.</summary>
    public int RowBytes(int blocks, int blockLength) => checked((int)((((long)blocks * blockLength * Bits) + 7) / 8));

    /// <summary>Writes the codes of block <paramref name="block"/> into a row whose bits there are zero.</summary>
    public void Pack(ReadOnlySpan<ushort> codes, Span<byte> row, int block)
    {
        var at = (long)block * codes.Length * Bits;
        var shift = 0;
        foreach (var width in Planes)
        {
            var mask = (1 << width) - 1;
            foreach (var code in codes)
            {
                WriteBits(row, at, width, (code >> shift) & mask);
                at += width;
            }

            shift += width;
        }
    }

    /// <summary>Reads the codes of a block.</summary>
    public void Unpack(ReadOnlySpan<byte> row, int block, Span<ushort> codes)
    {
        var at = (long)block * codes.Length * Bits;
        codes.Clear();
        var shift = 0;
        foreach (var width in Planes)
        {
            for (var i = 0; i < codes.Length; i++)
            {
                codes[i] |= (ushort)(ReadBits(row, at, width) << shift);
                at += width;
            }

            shift += width;
        }
    }

    private static void WriteBits(Span<byte> row, long at, int width, int value)
    {
        for (var written = 0; written < width;)
        {
            var bit = (int)((at + written) & 7);
            row[(int)((at + written) >> 3)] |= (byte)((value >> written) << bit);
            written += 8 - bit;
        }
    }

    private static int ReadBits(ReadOnlySpan<byte> row, long at, int width)
    {
        var value = 0;
        for (var read = 0; read < width;)
        {
            var bit = (int)((at + read) & 7);
            value |= (row[(int)((at + read) >> 3)] >> bit) << read;
            read += 8 - bit;
        }

        return value & ((1 << width) - 1);
    }
}
