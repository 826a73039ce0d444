namespace Pith.Kernels.Packed;

/// <summary>The interleaved layout which the packed kernels stream: 16 rows side by side, 4 blocks of 16 columns at a time.</summary>
/// <remarks>A group of 16 consecutive rows is one sequential stream of records. A record holds 16 rows × 64 columns:
/// <list type="bullet">
/// <item>for each of its 4 blocks the codes, as 64-byte vectors in which 32-bit lane r belongs to row r;</item>
/// <item>then 64 bytes of exponents: byte k of lane r is the exponent (bias 127) of block k in row r.</item>
/// </list>
/// Because lane = row, no horizontal sum is ever needed. Codes in a block: 4 bits: vector v, byte j: low nibble column 8v+j,
/// high nibble column 8v+4+j, as q + offset. 8 bits: vector v, byte j: column 4v+j, sign and magnitude. 6 bits: the low
/// nibbles of q + offset as for 4 bits (all four blocks), then one vector a block whose byte j holds the upper bit pairs of
/// columns 4t+j in bits 2t, 2t+1.</remarks>
internal static class Tile
{
    public const int Rows = 16;
    public const int BlockColumns = 16;
    public const int Blocks = 4;
    public const int Columns = Blocks * BlockColumns;
    public const int VectorBytes = 64;
    public const int ExponentBytes = 64;

    /// <summary>Bytes of a record for codes of a width: 576, 832 or 1088.</summary>
    public static int RecordBytes(int codeBits) => (Rows * Columns * codeBits / 8) + ExponentBytes;
}
