using System.Runtime.CompilerServices;

namespace Pith.Kernels.Packed;

/// <summary>The interleaved layout which the packed kernels stream: 16 rows side by side, 4 blocks of 16 columns at a time.</summary>
/// <remarks>A group of 16 consecutive rows is one sequential stream of records. A record holds 16 rows × 64 columns:
/// <list type="bullet">
/// <item>for each of its 4 blocks the codes, as 64-byte vectors in which 32-bit lane r belongs to row r;</item>
/// <item>then 64 bytes of scales, lane r being those of row r; the implementations of <see cref="IBlockScales"/> say what they mean.</item>
/// </list>
/// Some forms of scales have 64 bytes more, four a row, in front of each record or of every four: <see cref="IBlockScales.RecordsPerExtra"/>.
/// Because lane = row, no horizontal sum is ever needed. Codes of a block lie in planes; 2 bits: one vector, byte j: bits 2t, 2t+1 column 4t+j.
/// 4 bits: vectors v, byte j: low nibble column 8v+j, high nibble column 8v+4+j. 8 bits: vectors v, byte j: column 4v+j, sign and magnitude.
/// 6 bits: the low nibbles of all four blocks, then the upper pairs as for 2 bits. 3 and 5 bits: the lower 2 or 4 bits of all
/// four blocks, then one vector for each two blocks with the upper bits: bit 4b + t of byte j is that of column 4t+j of block b of the two.
/// All are q + offset but for the 8 bits and for indices into a table.</remarks>
internal static unsafe class Tile
{
    public const int Rows = 16;
    public const int BlockColumns = 16;
    public const int Blocks = 4;
    public const int Columns = Blocks * BlockColumns;
    public const int VectorBytes = 64;
    public const int ExponentBytes = 64;

    /// <summary>Bytes of what stands in front of records.</summary>
    public const int ExtraBytes = 64;

    /// <summary>Bytes of a row's share of <see cref="ExponentBytes"/> or <see cref="ExtraBytes"/>.</summary>
    public const int LaneBytes = 4;

    /// <summary>Where the upper plane of 3-bit codes begins.</summary>
    public const int UpperOfPairs = 256;

    /// <summary>Where the upper plane of 5- and 6-bit codes begins.</summary>
    public const int UpperOfNibbles = 512;

    /// <summary>Bytes of a record for codes of a width: 320, 448, 576, 704, 832 or 1088.</summary>
    public static int RecordBytes(int codeBits) => (Rows * Columns * codeBits / 8) + ExponentBytes;

    /// <summary>One code.</summary>
    /// <param name="record">The record.</param>
    /// <param name="codeBits">2, 3, 4, 5, 6 or 8.</param>
    /// <param name="lane">Row, 0 … 15.</param>
    /// <param name="block">0 … 3.</param>
    /// <param name="column">0 … 15.</param>
    public static int Read(byte* record, int codeBits, int lane, int block, int column)
    {
        var (code, shift) = (0, 0);
        while (shift < codeBits)
        {
            var (at, bit, width) = Place(codeBits, shift, lane, block, column);
            code |= ((record[at] >> bit) & ((1 << width) - 1)) << shift;
            shift += width;
        }

        return code;
    }

    /// <summary>Writes one code where there are zeros.</summary>
    public static void Write(byte* record, int codeBits, int lane, int block, int column, int code)
    {
        for (var shift = 0; shift < codeBits;)
        {
            var (at, bit, width) = Place(codeBits, shift, lane, block, column);
            record[at] |= (byte)(((code >> shift) & ((1 << width) - 1)) << bit);
            shift += width;
        }
    }

    /// <summary>Whether a minimum is due after a block: of blocks that share one the last has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasMinimum(int block, int blocksPerMinimum) => blocksPerMinimum > 0 && (block + 1) % blocksPerMinimum == 0;

    /// <summary>The first address from one on that is a multiple of <see cref="VectorBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Align(byte* room) => (byte*)(((nuint)room + VectorBytes - 1) / VectorBytes * VectorBytes);

    // Where the bits of a code from one on lie that share a plane.
    private static (int At, int Bit, int Width) Place(int codeBits, int shift, int lane, int block, int column)
    {
        var (own, four) = ((LaneBytes * lane) + (column % 4), column / 4);
        var start = shift switch { 0 => 0, 2 => UpperOfPairs, _ => UpperOfNibbles };
        return (codeBits - shift) switch
        {
            8 => ((block * 256) + (four * VectorBytes) + own, 0, 8),
            >= 4 => ((block * 128) + (four / 2 * VectorBytes) + own, four % 2 * 4, 4),
            >= 2 => (start + (block * VectorBytes) + own, 2 * four, 2),
            _ => (start + (block / 2 * VectorBytes) + own, (block % 2 * 4) + four, 1),
        };
    }
}
