using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Re-lays groups of a packed matrix from codes to codes, a record of 16 rows × 64 columns at a time.</summary>
/// <remarks>The plain form is in <see cref="InterleavedMatrix"/>; it also takes the groups that this one declines. Thread-safe.</remarks>
internal sealed unsafe class Interleaver
{
    // Up to here no value of any format reaches infinity.
    private const byte LargestPlainScale = 252;

    private readonly InterleavedMatrix matrix;
    private readonly PackedMatrix packed;
    private readonly IRecordWriter writer;
    private readonly int[] planes;
    private readonly byte padding;
    private readonly int blocks;
    private readonly int blockSize;
    private readonly int stride;

    /// <summary>Prepares the map from stored codes to codes of a record.</summary>
    /// <param name="matrix">Where to.</param>
    /// <param name="packed">Where from.</param>
    /// <param name="vectorBits">512 or 256; the processor has such vectors.</param>
    public Interleaver(InterleavedMatrix matrix, PackedMatrix packed, int vectorBits)
    {
        this.matrix = matrix;
        this.packed = packed;
        var layout = matrix.View.HasHalfScales ? new CodeLayout(matrix.View.StoredBits) : ((ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format)).Layout;
        planes = [.. layout.Planes];
        padding = matrix.View.ZeroCode ?? 0;
        blockSize = matrix.View.BlockSize;
        blocks = packed.Codec.Format.BlocksPerRow(packed.Columns);
        stride = Math.Max(blocks * blockSize, matrix.RecordsPerGroup * Tile.Columns);
        stride = (stride + Tile.Columns - 1) / Tile.Columns * Tile.Columns;
        var map = new byte[256];
        for (var code = 0; code < 1 << layout.Bits; code++)
        {
            var integer = IntegerOf(code);
            map[code] = matrix.CodeBits == 8 && Math.Abs(integer) > 127 ? IRecordWriter.Unknown : matrix.CodeOf(integer);
        }

        writer = vectorBits == 512 ? new RecordWriter512(matrix, map) : new RecordWriter256(matrix, map, layout.Bits);
    }

    /// <summary>Bits of the widest vectors which serve here; 0 where only the plain form does.</summary>
    public static int VectorBits => Avx512Vbmi.IsSupported ? 512 : Avx2.IsSupported ? 256 : 0;

    /// <summary>Re-lays some groups.</summary>
    /// <returns>The first group that the plain form must take, or <paramref name="end"/>; and the range of the exponents written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int Next, byte Smallest, byte Largest) Fill(int first, int end)
    {
        var codes = new byte[Tile.Rows * stride];
        var exponents = new byte[Tile.Rows * stride / Tile.BlockColumns];
        var (smallest, largest) = (Vector256.Create(byte.MaxValue), Vector256<byte>.Zero);
        var group = first;
        for (; group < end && Unpack(group, codes, exponents); group++)
        {
            fixed (byte* from = codes, scales = exponents)
            {
                if (!writer.Write(matrix.Group(group), from, scales, stride))
                    break;
            }

            var bytes = Tile.RecordBytes(matrix.CodeBits);
            for (var record = 0; record < matrix.RecordsPerGroup; record++)
            {
                var own = matrix.Group(group) + ((long)(record + 1) * bytes) - Tile.ExponentBytes;
                var (lower, upper) = (Fields(own), Fields(own + 32));
                smallest = Vector256.Min(smallest, Vector256.Min(lower, upper));
                largest = Vector256.Max(largest, Vector256.Max(lower, upper));
            }
        }

        var (low, high) = (byte.MaxValue, byte.MinValue);
        for (var i = 0; i < Vector256<byte>.Count; i++)
            (low, high) = (Math.Min(low, smallest[i]), Math.Max(high, largest[i]));
        return (group, low, high);
    }

    // The exponent fields of scales, one a byte; that of a binary16 number twice.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Fields(byte* scales)
    {
        if (!matrix.View.HasHalfScales)
            return Vector256.Load(scales);
        var fields = (Vector256.Load((ushort*)scales) >>> 10) & Vector256.Create((ushort)0x1F);
        return (fields | (fields << 8)).AsByte();
    }

    private int IntegerOf(int code) => matrix.View.HasHalfScales
        ? matrix.View.IntegerOf(code)
        : (int)Math.ScaleB(((ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format)).DecodeElement(code, IRecordWriter.NeutralExponent, 0), matrix.View.Fraction);

    // Codes [16, stride] one a byte, zero outside the matrix; exponents [16, stride / 16].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Unpack(int group, byte[] codes, byte[] exponents)
    {
        var (codeBytes, scaleBytes) = (packed.Codec.CodeBytes(packed.Columns), packed.Codec.ScaleBytes(packed.Columns));
        var rows = Math.Min(Tile.Rows, packed.Rows - (group * Tile.Rows));
        matrix.Neutral(exponents);
        codes.AsSpan(rows * stride).Fill(padding);
        for (var lane = 0; lane < rows; lane++)
        {
            var row = (group * Tile.Rows) + lane;
            var own = codes.AsSpan(lane * stride, stride);
            var source = packed.Codes.Span.Slice(row * codeBytes, codeBytes);
            if (matrix.View.HasHalfScales)
            {
                HalfBlocks.Unpack(source, matrix.View, matrix.ScaleShift, own, exponents.AsSpan(lane * stride / Tile.BlockColumns));
                own[packed.Columns..].Fill(padding);
                continue;
            }

            if (planes.Length == 1)
            {
                BytePlanes.Unpack(source, planes, own[..(blocks * blockSize)]);
            }
            else
            {
                var bytes = codeBytes / blocks;
                for (var block = 0; block < blocks; block++)
                    BytePlanes.Unpack(source.Slice(block * bytes, bytes), planes, own.Slice(block * blockSize, blockSize));
            }

            own[packed.Columns..].Clear();
            if (!SpreadScales(packed.Scales.Span.Slice(row * scaleBytes, scaleBytes), exponents.AsSpan(lane * stride / Tile.BlockColumns)))
                return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool SpreadScales(ReadOnlySpan<byte> scales, Span<byte> exponents)
    {
        var each = blockSize / Tile.BlockColumns;
        var used = (packed.Columns + Tile.BlockColumns - 1) / Tile.BlockColumns;
        if (scales.ContainsAnyInRange((byte)(LargestPlainScale + 1), byte.MaxValue))
            return false;
        if (each == 1)
        {
            scales.CopyTo(exponents);
            return true;
        }

        for (var block = 0; block < used; block++)
            exponents[block] = scales[block / each];
        return true;
    }
}
