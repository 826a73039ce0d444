namespace Pith.Kernels.Packed;

/// <summary>The interleaved layout which the packed kernels stream: 16 rows side by side, 4 blocks of 16 columns at a time.</summary>
/// <remarks>A group of 16 consecutive rows is one sequential stream of records. A record holds 16 rows × 64 columns:
/// <list type="bullet">
/// <item>for each of its 4 blocks the codes, as 64-byte vectors in which 32-bit lane r belongs to row r;</item>
/// <item>then 64 bytes of scales: byte k of lane r is the exponent (bias 127) of block k in row r; where scales are binary16 numbers, half k of
/// lane r is that of blocks 2k and 2k + 1.</item>
/// </list>
/// Because lane = row, no horizontal sum is ever needed. Codes in a block: 4 bits: vector v, byte j: low nibble column 8v+j,
/// high nibble column 8v+4+j, as q + offset. 8 bits: vector v, byte j: column 4v+j, sign and magnitude. 6 bits: the low
/// nibbles of q + offset as for 4 bits (all four blocks), then one vector a block whose byte j holds the upper bit pairs of
/// columns 4t+j in bits 2t, 2t+1.</remarks>
internal static unsafe class Tile
{
    public const int Rows = 16;
    public const int BlockColumns = 16;
    public const int Blocks = 4;
    public const int Columns = Blocks * BlockColumns;
    public const int VectorBytes = 64;
    public const int ExponentBytes = 64;

    /// <summary>Bytes of a record for codes of a width: 576, 832 or 1088.</summary>
    public static int RecordBytes(int codeBits) => (Rows * Columns * codeBits / 8) + ExponentBytes;

    /// <summary>The integer of one code.</summary>
    /// <param name="record">The record.</param>
    /// <param name="codeBits">4, 6 or 8.</param>
    /// <param name="values">What 4-bit codes stand for; null for q + offset.</param>
    /// <param name="lane">Row, 0 … 15.</param>
    /// <param name="block">0 … 3.</param>
    /// <param name="column">0 … 15.</param>
    public static int Read(byte* record, int codeBits, IReadOnlyList<int>? values, int lane, int block, int column)
    {
        var at = (4 * lane) + (column % 4);
        if (codeBits == 8)
        {
            var code = record[(block * 256) + (column / 4 * VectorBytes) + at];
            return code < 0x80 ? code : 0x80 - code;
        }

        var low = (record[(block * 128) + (column / 8 * VectorBytes) + at] >> (column / 4 % 2 * 4)) & 15;
        if (codeBits == 4)
            return values is null ? low - 8 : values[low];
        var high = (record[512 + (block * VectorBytes) + at] >> (column / 4 * 2)) & 3;
        return low + (high << 4) - 32;
    }
}
