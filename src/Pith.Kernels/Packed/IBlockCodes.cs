using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>How the codes of one block of 16 rows × 16 columns are read from a record and multiplied with 16 activations.</summary>
/// <remarks>Implemented by empty structs, so that every kernel is compiled once for each code width with nothing left to
/// decide in its loop. The 256-bit forms take the rows in two halves of the 512-bit vectors.</remarks>
internal unsafe interface IBlockCodes
{
    /// <summary>Bytes of a record.</summary>
    static abstract int RecordBytes { get; }

    /// <summary>The bytes of a block.</summary>
    static abstract Codes512 Load(byte* record, int block, Vector512<byte> table);

    /// <summary>The unsigned bytes of a block for eight rows.</summary>
    /// <param name="record">The record.</param>
    /// <param name="block">0 … 3.</param>
    /// <param name="half">0 for rows 0–7, 1 for rows 8–15.</param>
    /// <param name="table">What 4-bit codes stand for, where a table is needed.</param>
    static abstract Codes256 Load(byte* record, int block, int half, Vector256<byte> table);

    /// <summary>Exact sums Σ code · activation, one a row.</summary>
    /// <param name="codes">The bytes of a block.</param>
    /// <param name="x">16 activations.</param>
    /// <param name="ones">All ones.</param>
    static abstract Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones);

    /// <summary>Exact sums Σ code · activation, one a row; each activation is read once for both halves.</summary>
    /// <param name="low">Bytes of rows 0–7.</param>
    /// <param name="high">Bytes of rows 8–15.</param>
    /// <param name="signs">The codes of the block, for the signs of those that have one.</param>
    /// <param name="x">16 activations.</param>
    static abstract Sums256 Dot(in Codes256 low, in Codes256 high, byte* signs, int* x);
}
