using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>How the scales of a record are read: as the bits of a binary32 to which an activation's exponent is yet to be added.</summary>
/// <remarks>Adding to the exponent field multiplies by a power of two, whatever the mantissa. Implemented by empty structs, like
/// <see cref="IBlockCodes"/>.</remarks>
internal unsafe interface IBlockScales
{
    /// <summary>The scales of sixteen rows.</summary>
    /// <param name="scales">The last 64 bytes of the record.</param>
    /// <param name="block">0 … 3.</param>
    static abstract Vector512<int> Load512(byte* scales, int block);

    /// <summary>The scales of eight rows.</summary>
    /// <param name="scales">The bytes of these rows.</param>
    /// <param name="block">0 … 3.</param>
    static abstract Vector256<int> Load256(byte* scales, int block);
}
