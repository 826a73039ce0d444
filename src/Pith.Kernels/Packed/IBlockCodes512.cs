using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>How the codes of one block of 16 rows × 16 columns are read from a record and multiplied with 16 activations.</summary>
/// <remarks>Implemented by empty structs, so that every kernel is compiled once for each code width with nothing left to
/// decide in its loop.</remarks>
internal unsafe interface IBlockCodes512
{
    /// <summary>Bytes of a record.</summary>
    static abstract int RecordBytes { get; }

    /// <summary>Cache lines to fetch ahead a record; 0 where fetching ahead does not help.</summary>
    static abstract int PrefetchLines { get; }

    /// <summary>The bytes of a block, columns 4v … 4v+3 of lane r in lane r of vector v.</summary>
    static abstract Codes512 Load(byte* record, int block, Vector512<byte> table);

    /// <summary>Exact sums Σ code · activation, one a row.</summary>
    /// <param name="codes">The bytes of a block.</param>
    /// <param name="x">16 activations.</param>
    /// <param name="ones">All ones.</param>
    static abstract Vector512<int> Dot(in Codes512 codes, int* x, Vector512<short> ones);
}
