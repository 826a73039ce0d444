using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>How the scales of a record are read, and the minima where a format has them.</summary>
/// <remarks>Scales are the bits of binary32 numbers. Either an activation's exponent is yet to be added to them, which multiplies by a power of two
/// whatever the mantissa and lets stored fields stay as they are; or they are the numbers (<see cref="IsNumber"/>), which may be zero, and
/// the activation's power of two is multiplied with them. Implemented by empty structs, like <see cref="IBlockCodes"/>.</remarks>
internal unsafe interface IBlockScales
{
    /// <summary>Records which share <see cref="Tile.ExtraBytes"/> in front of them; 0 where there are none.</summary>
    static abstract int RecordsPerExtra { get; }

    /// <summary>Blocks which share a minimum: 1 or 2; 0 where there is none.</summary>
    static abstract int BlocksPerMinimum { get; }

    /// <summary>Whether scales are numbers rather than fields.</summary>
    static abstract bool IsNumber { get; }

    /// <summary>The bias of exponent fields; 0 where <see cref="IsNumber"/>.</summary>
    static abstract int Bias { get; }

    /// <summary>Two bytes of scales for zeros: for padding.</summary>
    static abstract ushort Neutral { get; }

    /// <summary>Two bytes of scales of ordinary size: for benchmarks.</summary>
    static abstract ushort Typical { get; }

    /// <summary>The exponents of scales, for each byte that of the scale it belongs to; anything where <see cref="IsNumber"/>.</summary>
    static abstract Vector256<byte> Fields(Vector256<byte> scales);

    /// <summary>Prepares what stands in front of records.</summary>
    /// <param name="extra">As stored.</param>
    /// <param name="room">128 bytes, aligned to 64.</param>
    /// <returns>What the other members want as <c>extra</c>: row r's share begins at byte 4r.</returns>
    static abstract byte* Open(byte* extra, byte* room);

    /// <summary>The scales of sixteen rows.</summary>
    /// <param name="scales">The last 64 bytes of the record.</param>
    /// <param name="extra">From <see cref="Open"/>.</param>
    /// <param name="block">0 … 3.</param>
    static abstract Vector512<int> Load512(byte* scales, byte* extra, int block);

    /// <summary>The scales of eight rows.</summary>
    /// <param name="scales">The bytes of these rows.</param>
    /// <param name="extra">From <see cref="Open"/>, moved on to these rows.</param>
    /// <param name="block">0 … 3.</param>
    static abstract Vector256<int> Load256(byte* scales, byte* extra, int block);

    /// <summary>The scale of one row: the plain form.</summary>
    /// <param name="scales">The four bytes of this row.</param>
    /// <param name="extra">Likewise, as stored.</param>
    /// <param name="block">0 … 3.</param>
    static abstract int Load(byte* scales, byte* extra, int block);

    /// <summary>The minima of sixteen rows, as numbers.</summary>
    static abstract Vector512<float> Minimum512(byte* scales, byte* extra, int block);

    /// <summary>The minima of eight rows, as numbers.</summary>
    static abstract Vector256<float> Minimum256(byte* scales, byte* extra, int block);

    /// <summary>The minimum of one row: the plain form.</summary>
    static abstract float Minimum(byte* scales, byte* extra, int block);
}
