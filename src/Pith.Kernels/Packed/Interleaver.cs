using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Re-lays groups of a packed matrix from codes to codes, a record of 16 rows × 64 columns at a time.</summary>
/// <remarks>The plain form is <see cref="PlainRows"/> and <see cref="PlainRecords"/>; it also takes the groups that this one declines. Thread-safe.</remarks>
internal sealed unsafe class Interleaver
{
    // Up to here no value of any format reaches infinity.
    private const byte LargestPlainScale = 252;
    private const byte OneE4M3 = 0x38;

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
        var layout = matrix.View.IsGgml ? new CodeLayout(matrix.View.CodeBits) : ((ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format)).Layout;
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
            map[code] = matrix.View.CodeBits == 8 && Math.Abs(integer) > 127 ? IRecordWriter.Unknown : matrix.CodeOf(integer);
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
        var scales = new byte[Tile.Rows * stride / Tile.BlockColumns];
        var extra = new byte[scales.Length];
        var (smallest, largest) = (Vector256.Create(byte.MaxValue), Vector256<byte>.Zero);
        var group = first;
        for (; group < end && Unpack(group, codes, scales, extra); group++)
        {
            fixed (byte* from = codes, own = scales)
            {
                if (!writer.Write(matrix.Group(group), from, own, stride))
                    break;
            }

            WriteExtra(group, extra);
            for (var record = 0; record < matrix.RecordsPerGroup && !matrix.View.Scales.IsNumber; record++)
            {
                var own = matrix.Record(group, record) + Tile.RecordBytes(matrix.View.CodeBits) - Tile.ExponentBytes;
                var (lower, upper) = (matrix.View.Scales.Fields(Vector256.Load(own)), matrix.View.Scales.Fields(Vector256.Load(own + 32)));
                smallest = Vector256.Min(smallest, Vector256.Min(lower, upper));
                largest = Vector256.Max(largest, Vector256.Max(lower, upper));
            }
        }

        var (low, high) = (byte.MaxValue, byte.MinValue);
        for (var i = 0; i < Vector256<byte>.Count; i++)
            (low, high) = (Math.Min(low, smallest[i]), Math.Max(high, largest[i]));
        return (group, low, high);
    }

    private void WriteExtra(int group, byte[] extra)
    {
        var each = matrix.View.Scales.RecordsPerExtra;
        var laneBytes = stride / Tile.BlockColumns;
        for (var record = 0; each > 0 && record < matrix.RecordsPerGroup; record += each)
        {
            var to = (uint*)matrix.Extra(group, record);
            for (var lane = 0; lane < Tile.Rows; lane++)
                to[lane] = BitConverter.ToUInt32(extra, (lane * laneBytes) + (record / each * Tile.LaneBytes));
        }
    }

    // Of a code under a scale of one.
    private int IntegerOf(int code) => matrix.View.IsGgml
        ? matrix.View.IntegerOf(code)
        : (int)Math.ScaleB(
            ((ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format)).DecodeElement(code, matrix.View.Scales.IsPower ? IRecordWriter.NeutralExponent : OneE4M3, 1),
            matrix.View.Fraction);

    // Codes [16, stride] one a byte, zero outside the matrix; scales and what stands in front of records [16, stride / 16].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Unpack(int group, byte[] codes, byte[] scales, byte[] extra)
    {
        var (codeBytes, scaleBytes) = (packed.Codec.CodeBytes(packed.Columns), packed.Codec.ScaleBytes(packed.Columns));
        var rows = Math.Min(Tile.Rows, packed.Rows - (group * Tile.Rows));
        var laneBytes = stride / Tile.BlockColumns;
        matrix.Neutral(scales);
        extra.AsSpan(rows * laneBytes).Clear();
        codes.AsSpan(rows * stride).Fill(padding);
        for (var lane = 0; lane < rows; lane++)
        {
            var row = (group * Tile.Rows) + lane;
            var own = codes.AsSpan(lane * stride, stride);
            var source = packed.Codes.Span.Slice(row * codeBytes, codeBytes);
            var ownScales = scales.AsSpan(lane * laneBytes, laneBytes);
            if (matrix.View.IsGgml)
            {
                var ownExtra = extra.AsSpan(lane * laneBytes, laneBytes);
                var isWhole = matrix.View.IsSuper
                    ? SuperBlocks.Unpack(source, packed.Codec, own, ownScales, ownExtra)
                    : HalfBlocks.Unpack(source, matrix.View, matrix.ScaleShift, own, ownScales, ownExtra);
                if (!isWhole)
                    return false;
                own[packed.Columns..].Fill(padding);
                continue;
            }

            BytePlanes.UnpackBlocks(source, planes, blockSize, own[..(blocks * blockSize)]);
            own[packed.Columns..].Clear();
            var stored = packed.Scales.Span.Slice(row * scaleBytes, scaleBytes);
            if (!(matrix.View.Scales.IsPower ? SpreadScales(stored, ownScales) : WidenScales(stored, ownScales, own)))
                return false;
        }

        return true;
    }

    // Blocks of a scale of zero keep the neutral one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool WidenScales(ReadOnlySpan<byte> stored, Span<byte> scales, Span<byte> codes)
    {
        for (var i = 0; i < stored.Length; i++)
        {
            if (!SmallScales.IsScale(stored[i]))
                return false;
            if (stored[i] == 0)
                codes.Slice(i * blockSize, blockSize).Clear();
            else
                scales.Slice(i * blockSize / Tile.BlockColumns, blockSize / Tile.BlockColumns).Fill(SmallScales.Stored(stored[i]));
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
