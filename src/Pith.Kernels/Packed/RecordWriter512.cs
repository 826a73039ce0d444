using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Packed;

/// <summary>Writes records of 16 rows × 64 columns from codes, one a byte, in 512-bit vectors.</summary>
internal sealed unsafe class RecordWriter512(InterleavedMatrix matrix, byte[] map) : IRecordWriter
{
    /// <inheritdoc/>
    public bool Write(byte* record, byte* codes, byte* exponents, int stride)
    {
        fixed (byte* table = map)
            return Write(record, codes, exponents, stride, table);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private bool Write(byte* record, byte* codes, byte* exponents, int stride, byte* table)
    {
        Vector512<byte> t0 = Vector512.Load(table), t1 = Vector512.Load(table + 64), t2 = Vector512.Load(table + 128), t3 = Vector512.Load(table + 192);
        var zero = Vector512.Create(*table);
        var rows = stackalloc Vector512<int>[Tile.Rows];
        var (bytes, bits, isPower, each) = (Tile.RecordBytes(matrix.View.CodeBits), matrix.View.CodeBits, matrix.View.Scales.IsPower, matrix.View.Scales.RecordsPerExtra);
        for (var index = 0; index < matrix.RecordsPerGroup; index++)
        {
            if (each > 0 && index % each == 0)
                record += Tile.ExtraBytes;
            var own = record + bytes - Tile.ExponentBytes;
            var unknown = Vector512<byte>.Zero;
            for (var lane = 0; lane < Tile.Rows; lane++)
            {
                var code = Vector512.Load(codes + (lane * stride) + (index * Tile.Columns));
                var small = Avx512Vbmi.PermuteVar64x8x2(t0, code, t1);
                var large = Avx512Vbmi.PermuteVar64x8x2(t2, code, t3);
                var mapped = Vector512.ConditionalSelect(Vector512.GreaterThan(code, Vector512.Create((byte)127)), large, small);
                rows[lane] = mapped.AsInt32();
                unknown |= Vector512.Equals(mapped, Vector512.Create(IRecordWriter.Unknown));
                *(uint*)(own + (4 * lane)) = IRecordWriter.Exponents(
                    *(uint*)(exponents + (lane * stride / Tile.BlockColumns) + (index * Tile.Blocks)),
                    isPower ? Vector512.Equals(mapped, zero).ExtractMostSignificantBits() : 0);
            }

            if (bits == 8 && unknown != Vector512<byte>.Zero)
                return false;
            Transpose(rows);
            Store(record, rows, bits);
            record += bytes;
        }

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
        for (var i = 0; bits >= 4 && i < Tile.Rows / 2; i++)
            ((columns[2 * i] & nibble) | ((columns[(2 * i) + 1] & nibble) << 4)).Store((int*)(record + (i * Tile.VectorBytes)));
        for (var block = 0; block < Tile.Blocks; block++)
        {
            var four = columns + (4 * block);
            if (bits < 4)
                Pairs(four, 0).Store((int*)(record + (block * Tile.VectorBytes)));
            if (bits == 6)
                Pairs(four, 4).Store((int*)(record + Tile.UpperOfNibbles + (block * Tile.VectorBytes)));
        }

        var upper = record + (bits == 3 ? Tile.UpperOfPairs : Tile.UpperOfNibbles);
        for (var two = 0; bits is 3 or 5 && two < Tile.Blocks / 2; two++)
            Bits(columns + (8 * two), bits - 1).Store((int*)(upper + (two * Tile.VectorBytes)));
    }

    // Two bits of each code of a block from one on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Pairs(Vector512<int>* four, int from)
    {
        var pair = Vector512.Create(0x03030303);
        return ((four[0] >>> from) & pair) | (((four[1] >>> from) & pair) << 2) | (((four[2] >>> from) & pair) << 4) | (((four[3] >>> from) & pair) << 6);
    }

    // One bit of each code of two blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Bits(Vector512<int>* eight, int at)
    {
        var bits = Vector512<int>.Zero;
        for (var i = 0; i < 8; i++)
            bits |= ((eight[i] >>> at) & Vector512.Create(0x01010101)) << i;
        return bits;
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
