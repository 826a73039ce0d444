using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Re-lays groups of a packed matrix from codes to codes, a record of 16 rows × 64 columns at a time in 512-bit vectors.</summary>
/// <remarks>The plain form is in <see cref="InterleavedMatrix"/>; it also takes the groups that this one declines. Thread-safe.</remarks>
internal sealed unsafe class Interleaver512
{
    // Up to here no value of any format reaches infinity.
    private const byte LargestPlainScale = 252;
    private const byte NeutralExponent = 127;

    // What no integer maps to in sign and magnitude: zero has one code.
    private const byte Unknown = 0x80;

    private readonly InterleavedMatrix matrix;
    private readonly PackedMatrix packed;
    private readonly int[] planes;
    private readonly byte[] map = new byte[256];
    private readonly int blocks;
    private readonly int blockSize;
    private readonly int stride;

    /// <summary>Prepares the map from stored codes to codes of a record.</summary>
    public Interleaver512(InterleavedMatrix matrix, PackedMatrix packed)
    {
        this.matrix = matrix;
        this.packed = packed;
        var reference = (ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format);
        planes = [.. reference.Layout.Planes];
        blockSize = matrix.View.BlockSize;
        blocks = packed.Codec.Format.BlocksPerRow(packed.Columns);
        stride = Math.Max(blocks * blockSize, matrix.RecordsPerGroup * Tile.Columns);
        stride = (stride + Tile.Columns - 1) / Tile.Columns * Tile.Columns;
        for (var code = 0; code < 1 << reference.Layout.Bits; code++)
        {
            var integer = (int)Math.ScaleB(reference.DecodeElement(code, NeutralExponent, 0), matrix.View.Fraction);
            map[code] = matrix.CodeBits == 8 && Math.Abs(integer) > 127 ? Unknown : matrix.CodeOf(integer);
        }
    }

    /// <summary>Whether this machine has the instructions.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported;

    /// <summary>Re-lays some groups.</summary>
    /// <returns>The first group that the plain form must take, or <paramref name="end"/>; and the range of the exponents written.</returns>
    public (int Next, byte Smallest, byte Largest) Fill(int first, int end)
    {
        var codes = new byte[Tile.Rows * stride];
        var exponents = new byte[Tile.Rows * stride / Tile.BlockColumns];
        byte smallest = NeutralExponent, largest = NeutralExponent;
        for (var group = first; group < end; group++)
        {
            if (!Unpack(group, codes, exponents))
                return (group, smallest, largest);
            fixed (byte* from = codes, scales = exponents, table = map)
            {
                if (!WriteRecords(matrix.Group(group), from, scales, table, ref smallest, ref largest))
                    return (group, smallest, largest);
            }
        }

        return (end, smallest, largest);
    }

    // Codes [16, stride] one a byte, zero outside the matrix; exponents [16, stride / 16].
    private bool Unpack(int group, byte[] codes, byte[] exponents)
    {
        var (codeBytes, scaleBytes) = (packed.Codec.CodeBytes(packed.Columns), packed.Codec.ScaleBytes(packed.Columns));
        var rows = Math.Min(Tile.Rows, packed.Rows - (group * Tile.Rows));
        Array.Fill(exponents, NeutralExponent);
        codes.AsSpan(rows * stride).Clear();
        for (var lane = 0; lane < rows; lane++)
        {
            var row = (group * Tile.Rows) + lane;
            var own = codes.AsSpan(lane * stride, stride);
            var source = packed.Codes.Span.Slice(row * codeBytes, codeBytes);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private bool WriteRecords(byte* record, byte* codes, byte* exponents, byte* table, ref byte smallest, ref byte largest)
    {
        Vector512<byte> t0 = Vector512.Load(table), t1 = Vector512.Load(table + 64), t2 = Vector512.Load(table + 128), t3 = Vector512.Load(table + 192);
        var zero = Vector512.Create(*table);
        var rows = stackalloc Vector512<int>[Tile.Rows];
        var (bytes, bits, low, high) = (Tile.RecordBytes(matrix.CodeBits), matrix.CodeBits, smallest, largest);
        for (var index = 0; index < matrix.RecordsPerGroup; index++)
        {
            var own = record + bytes - Tile.ExponentBytes;
            var unknown = Vector512<byte>.Zero;
            for (var lane = 0; lane < Tile.Rows; lane++)
            {
                var code = Vector512.Load(codes + (lane * stride) + (index * Tile.Columns));
                var small = Avx512Vbmi.PermuteVar64x8x2(t0, code, t1);
                var large = Avx512Vbmi.PermuteVar64x8x2(t2, code, t3);
                var mapped = Vector512.ConditionalSelect(Vector512.GreaterThan(code, Vector512.Create((byte)127)), large, small);
                rows[lane] = mapped.AsInt32();
                unknown |= Vector512.Equals(mapped, Vector512.Create(Unknown));
                var zeros = Vector512.Equals(mapped, zero).ExtractMostSignificantBits();
                var scales = exponents + (lane * stride / Tile.BlockColumns) + (index * Tile.Blocks);
                for (var block = 0; block < Tile.Blocks; block++)
                {
                    // The stored exponent of an all-zero block says nothing; 127 keeps every sum of exponents in range.
                    var exponent = (ushort)(zeros >> (16 * block)) == ushort.MaxValue ? NeutralExponent : scales[block];
                    own[(4 * lane) + block] = exponent;
                    low = exponent < low ? exponent : low;
                    high = exponent > high ? exponent : high;
                }
            }

            if (bits == 8 && unknown != Vector512<byte>.Zero)
                return false;
            Transpose(rows);
            Store(record, rows, bits);
            record += bytes;
        }

        (smallest, largest) = (low, high);
        return true;
    }

    // After the transpose vector 4b + v holds columns 4v … 4v + 3 of block b, a row a lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(byte* record, Vector512<int>* columns, int bits)
    {
        if (bits == 8)
        {
            for (var i = 0; i < Tile.Rows; i++)
                columns[i].Store((int*)(record + (i * Tile.VectorBytes)));
            return;
        }

        var nibble = Vector512.Create(0x0F0F0F0F);
        for (var i = 0; i < Tile.Rows / 2; i++)
            ((columns[2 * i] & nibble) | ((columns[(2 * i) + 1] & nibble) << 4)).Store((int*)(record + (i * Tile.VectorBytes)));
        for (var block = 0; bits == 6 && block < Tile.Blocks; block++)
        {
            var pair = Vector512.Create(0x30303030);
            var four = columns + (4 * block);
            (((four[0] & pair) >>> 4) | ((four[1] & pair) >>> 2) | (four[2] & pair) | ((four[3] & pair) << 2))
                .Store((int*)(record + 512 + (block * Tile.VectorBytes)));
        }
    }

    // 16 × 16 lanes in place: pairs of rows, then of pairs, then the quarters of four vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector512<int>* rows)
    {
        for (var i = 0; i < Tile.Rows; i += 4)
        {
            var (a, b) = (Avx512F.UnpackLow(rows[i], rows[i + 1]).AsInt64(), Avx512F.UnpackHigh(rows[i], rows[i + 1]).AsInt64());
            var (c, d) = (Avx512F.UnpackLow(rows[i + 2], rows[i + 3]).AsInt64(), Avx512F.UnpackHigh(rows[i + 2], rows[i + 3]).AsInt64());
            rows[i] = Avx512F.UnpackLow(a, c).AsInt32();
            rows[i + 1] = Avx512F.UnpackHigh(a, c).AsInt32();
            rows[i + 2] = Avx512F.UnpackLow(b, d).AsInt32();
            rows[i + 3] = Avx512F.UnpackHigh(b, d).AsInt32();
        }

        for (var i = 0; i < 4; i++)
        {
            var (a, b) = (Avx512F.Shuffle4x128(rows[i], rows[i + 4], 0x88), Avx512F.Shuffle4x128(rows[i + 8], rows[i + 12], 0x88));
            var (c, d) = (Avx512F.Shuffle4x128(rows[i], rows[i + 4], 0xDD), Avx512F.Shuffle4x128(rows[i + 8], rows[i + 12], 0xDD));
            rows[i] = Avx512F.Shuffle4x128(a, b, 0x88);
            rows[i + 4] = Avx512F.Shuffle4x128(c, d, 0x88);
            rows[i + 8] = Avx512F.Shuffle4x128(a, b, 0xDD);
            rows[i + 12] = Avx512F.Shuffle4x128(c, d, 0xDD);
        }
    }
}
