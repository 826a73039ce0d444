using System.Runtime.InteropServices;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Memory;

namespace Pith.Kernels.Packed;

/// <summary>A packed matrix [rows, columns] re-laid in interleaved records for the integer dot kernels.</summary>
/// <remarks>Made at load, never stored. Rows are padded to 16 and columns to 64 with zero codes. 4-bit formats take
/// 4.5 bits a weight; 5 and 6 bits take 6.5, 7 and 8 bits (and MXFP6 E2M3, whose integers reach 60) 8.5.
/// Safe to read from several threads; disposing frees the memory.</remarks>
public sealed unsafe class InterleavedMatrix : IDisposable
{
    private const int HalfBias = 15;
    private const int FloatBias = 127;

    // The scales of random weights: from 2^-7, or from 2^-14 as binary16.
    private const int SmallExponent = 120;
    private const int SmallHalf = 0x0400;

    private readonly NativeBuffer buffer;
    private readonly Lock gate = new();

    private InterleavedMatrix(NumberFormat format, IntegerBlocks view, int rows, int columns, int codeBits)
    {
        Format = format;
        View = view;
        Rows = rows;
        Columns = columns;
        CodeBits = codeBits;
        Groups = (rows + Tile.Rows - 1) / Tile.Rows;
        RecordsPerGroup = (columns + Tile.Columns - 1) / Tile.Columns;
        SmallestExponent = LargestExponent = view.HasHalfScales ? HalfBias : IRecordWriter.NeutralExponent;
        buffer = new NativeBuffer((long)Groups * RecordsPerGroup * Tile.RecordBytes(codeBits), isZeroed: false);
    }

    /// <summary>The number format of the weights.</summary>
    public NumberFormat Format { get; }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Bytes that one product with a vector reads.</summary>
    public long Bytes => buffer.Length;

    internal IntegerBlocks View { get; }

    internal int CodeBits { get; }

    internal int Groups { get; }

    internal int RecordsPerGroup { get; }

    /// <summary>Added to a code's integer to make it non-negative; 0 for the sign-magnitude records.</summary>
    internal int Offset => View.IsSignedTable ? 0 : View.Values is not null ? View.LargestMagnitude : CodeBits == 8 ? 0 : CodeBits == 6 ? 32 : 8;

    /// <summary>The smallest exponent field of a scale, and so the largest.</summary>
    internal int SmallestExponent { get; private set; }

    internal int LargestExponent { get; private set; }

    /// <summary>The power of two by which binary16 scales are stored larger.</summary>
    internal int ScaleShift { get; private set; }

    /// <summary>What an activation's exponent is lessened by, so that it can be added to the bits of a scale.</summary>
    internal int Fraction => View.HasHalfScales ? ScaleShift - (FloatBias - HalfBias) : View.Fraction;

    /// <summary>Whether products with weights of a format can be integer inside a block.</summary>
    public static bool Serves(NumberFormat? format) => format is not null && IntegerBlocks.Of(format) is not null;

    /// <summary>Re-lays a packed matrix.</summary>
    /// <param name="packed">The matrix as stored; no longer needed afterwards.</param>
    /// <param name="workers">The threads to use; the calling one when null.</param>
    /// <returns>Null when the format has no view as integers with one scale a block of 16, or a value is not finite or, like the
    /// -128 of MXINT8, beyond the format's own range, or no record holds a scale.</returns>
    public static InterleavedMatrix? TryCreate(PackedMatrix packed, Workers? workers = null) =>
        TryCreate(packed, workers ?? Workers.Single, Interleaver.VectorBits);

    internal static InterleavedMatrix? TryCreate(PackedMatrix packed, Workers workers, int vectorBits)
    {
        ArgumentNullException.ThrowIfNull(packed);
        if (IntegerBlocks.Of(packed.Codec.Format) is not { } view)
            return null;
        int? shift = view.HasHalfScales ? HalfBlocks.Shift(packed, view, workers) : 0;
        if (shift is null)
            return null;
        var matrix = new InterleavedMatrix(packed.Codec.Format, view, packed.Rows, packed.Columns, WidthOf(view)) { ScaleShift = shift.Value };
        if (matrix.Fill(packed, vectorBits > 0 ? new Interleaver(matrix, packed, vectorBits) : null, workers))
            return matrix;
        matrix.Dispose();
        return null;
    }

    /// <summary>Decodes one row.</summary>
    /// <param name="row">0 … Rows-1.</param>
    /// <param name="destination">Columns numbers.</param>
    public void CopyRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        var lane = row % Tile.Rows;
        for (var column = 0; column < Columns; column++)
        {
            var record = Group(row / Tile.Rows) + ((long)(column / Tile.Columns) * Tile.RecordBytes(CodeBits));
            var block = column % Tile.Columns / Tile.BlockColumns;
            var integer = Tile.Read(record, CodeBits, View.Values, lane, block, column % Tile.BlockColumns);
            destination[column] = (float)(integer * Scale(record, lane, block));
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => buffer.Dispose();

    /// <summary>The scale of a block in one row, as the kernels read it: see <see cref="IBlockScales"/>.</summary>
    internal int ScaleBits(byte* record, int lane, int block)
    {
        var scales = record + Tile.RecordBytes(CodeBits) - Tile.ExponentBytes + (4 * lane);
        return View.HasHalfScales ? HalfScales.Widen(((ushort*)scales)[block / 2]) : scales[block] << 23;
    }

    /// <summary>The code that stands for an integer in a record.</summary>
    internal byte CodeOf(int q) => (byte)(View.Values is { } table ? IndexOf(table, q) : CodeBits != 8 ? q + Offset : q < 0 ? 0x80 | -q : q);

    internal byte* Group(int group) => buffer.Pointer + ((long)group * RecordsPerGroup * Tile.RecordBytes(CodeBits));

    /// <summary>A matrix of random codes: the weights of a benchmark. One group is made and repeated.</summary>
    /// <exception cref="ArgumentException">The format has no view as integers.</exception>
    internal static InterleavedMatrix Random(NumberFormat format, int rows, int columns, Random random)
    {
        var view = IntegerBlocks.Of(format) ?? throw new ArgumentException($"{format} has no integer blocks", nameof(format));
        var matrix = new InterleavedMatrix(format, view, rows, columns, WidthOf(view));
        matrix.FillGroup(0, (_, integers, exponents) =>
        {
            for (var column = 0; column < columns; column++)
            {
                integers[column] = view.Values is { } values
                    ? values[random.Next(values.Count)]
                    : random.Next(-view.LargestMagnitude, view.LargestMagnitude + 1);
            }

            if (view.HasHalfScales)
                MemoryMarshal.Cast<byte, ushort>(exponents).Fill((ushort)random.Next(SmallHalf, HalfBlocks.One));
            else
                exponents.Fill((byte)random.Next(SmallExponent, IRecordWriter.NeutralExponent));
            return true;
        });
        var bytes = (long)matrix.RecordsPerGroup * Tile.RecordBytes(matrix.CodeBits);
        for (var group = 1; group < matrix.Groups; group++)
            Buffer.MemoryCopy(matrix.Group(0), matrix.Group(group), bytes, bytes);
        return matrix;
    }

    // Exact: a scale has at most eleven significant bits, an integer at most seven.
    private double Scale(byte* record, int lane, int block) => View.HasHalfScales
        ? Math.ScaleB((float)BitConverter.UInt16BitsToHalf(((ushort*)(record + Tile.RecordBytes(CodeBits) - Tile.ExponentBytes + (4 * lane)))[block / 2]), -ScaleShift)
        : Math.ScaleB(1, (ScaleBits(record, lane, block) >> 23) - FloatBias - View.Fraction);

    private static int WidthOf(IntegerBlocks view) =>
        view.LargestMagnitude <= 8 || view.Values is not null ? 4 : view.LargestMagnitude <= 31 ? 6 : 8;

    private delegate bool RowReader(int row, Span<int> integers, Span<byte> exponents);

    private bool Fill(PackedMatrix packed, Interleaver? fast, Workers workers)
    {
        var isWhole = true;
        workers.Run(Groups, (long)Rows * Columns, (first, end) =>
        {
            var values = new float[Columns];
            for (var group = first; group < end && Volatile.Read(ref isWhole);)
            {
                if (fast is not null)
                {
                    (group, var smallest, var largest) = fast.Fill(group, end);
                    Widen(smallest, largest);
                    if (group == end)
                        return;
                }

                if (!FillGroup(group++, (row, integers, exponents) => ReadRow(packed, row, values, integers, exponents)))
                    Volatile.Write(ref isWhole, false);
            }
        });
        return isWhole;
    }

    private void Widen(byte smallest, byte largest)
    {
        lock (gate)
        {
            SmallestExponent = Math.Min(SmallestExponent, smallest);
            LargestExponent = Math.Max(LargestExponent, largest);
        }
    }

    // The plain form: integers first, then each into its place.
    private bool FillGroup(int group, RowReader read)
    {
        var padded = RecordsPerGroup * Tile.Columns;
        var blocks = padded / Tile.BlockColumns;
        var integers = new int[Tile.Rows * padded];
        var exponents = new byte[Tile.Rows * blocks];
        Neutral(exponents);
        for (var lane = 0; lane < Math.Min(Tile.Rows, Rows - (group * Tile.Rows)); lane++)
        {
            var own = exponents.AsSpan(lane * blocks, blocks);
            if (!read((group * Tile.Rows) + lane, integers.AsSpan(lane * padded, padded), own))
                return false;
        }

        var fields = View.HasHalfScales ? [.. exponents.Where((_, at) => at % 2 == 1).Select(high => (byte)((high & 0x7F) >> 2))] : exponents;
        Widen(fields.Min(), fields.Max());

        NativeMemory.Clear(Group(group), (nuint)RecordsPerGroup * (nuint)Tile.RecordBytes(CodeBits));
        for (var record = 0; record < RecordsPerGroup; record++)
            WriteRecord(Group(group) + ((long)record * Tile.RecordBytes(CodeBits)), integers, exponents, record, padded);
        return true;
    }

    /// <summary>Fills scales with those of zeros.</summary>
    internal void Neutral(Span<byte> scales)
    {
        if (View.HasHalfScales)
            MemoryMarshal.Cast<byte, ushort>(scales).Fill(HalfBlocks.One);
        else
            scales.Fill(IRecordWriter.NeutralExponent);
    }

    private bool ReadHalfRow(PackedMatrix packed, int row, Span<int> integers, Span<byte> scales)
    {
        var bytes = packed.Codec.CodeBytes(Columns);
        var codes = new byte[packed.Codec.Format.BlocksPerRow(Columns) * HalfBlocks.BlockColumns];
        HalfBlocks.Unpack(packed.Codes.Span.Slice(row * bytes, bytes), View, ScaleShift, codes, scales);
        for (var column = 0; column < Columns; column++)
        {
            integers[column] = View.IntegerOf(codes[column]);
            if (CodeBits == 8 && integers[column] < -sbyte.MaxValue)
                return false;
        }

        return true;
    }

    // The stored exponent of an all-zero block says nothing; 127 keeps every sum of exponents in range.
    private bool ReadRow(PackedMatrix packed, int row, float[] values, Span<int> integers, Span<byte> exponents)
    {
        if (View.HasHalfScales)
            return ReadHalfRow(packed, row, integers, exponents);
        packed.DecodeRow(row, values);
        var scaleBytes = packed.Codec.ScaleBytes(Columns);
        var scales = packed.Scales.Span.Slice(row * scaleBytes, scaleBytes);
        for (var start = 0; start < Columns; start += Tile.BlockColumns)
        {
            var scale = scales[start / View.BlockSize];
            var isZero = true;
            for (var column = start; column < Math.Min(start + Tile.BlockColumns, Columns); column++)
            {
                if (!float.IsFinite(values[column]) || scale == byte.MaxValue)
                    return false;
                integers[column] = (int)Math.ScaleB(values[column], 127 + View.Fraction - scale);
                if (CodeBits == 8 && Math.Abs(integers[column]) > sbyte.MaxValue)
                    return false;
                isZero &= integers[column] == 0;
            }

            exponents[start / Tile.BlockColumns] = isZero ? IRecordWriter.NeutralExponent : scale;
        }

        return true;
    }

    private void WriteRecord(byte* record, int[] integers, byte[] exponents, int index, int padded)
    {
        for (var lane = 0; lane < Tile.Rows; lane++)
        {
            for (var block = 0; block < Tile.Blocks; block++)
            {
                var column = (index * Tile.Columns) + (block * Tile.BlockColumns);
                WriteBlock(record, lane, block, integers.AsSpan((lane * padded) + column, Tile.BlockColumns));
                record[Tile.RecordBytes(CodeBits) - Tile.ExponentBytes + (4 * lane) + block] =
                    exponents[((lane * padded) + column) / Tile.BlockColumns];
            }
        }
    }

    private void WriteBlock(byte* record, int lane, int block, ReadOnlySpan<int> integers)
    {
        for (var column = 0; column < Tile.BlockColumns; column++)
        {
            var code = CodeOf(integers[column]);
            if (CodeBits == 8)
            {
                record[(block * 256) + (column / 4 * Tile.VectorBytes) + (4 * lane) + (column % 4)] = code;
                continue;
            }

            var at = (block * 128) + (column / 8 * Tile.VectorBytes) + (4 * lane) + (column % 4);
            record[at] |= (byte)((code & 15) << (column / 4 % 2 * 4));
            if (CodeBits == 6)
                record[512 + (block * Tile.VectorBytes) + (4 * lane) + (column % 4)] |= (byte)(code >> 4 << (column / 4 * 2));
        }
    }

    // Padding has a zero which not every table has: any code does, the activations there being zero.
    private static int IndexOf(IReadOnlyList<int> values, int q)
    {
        var index = 0;
        while (index < values.Count && values[index] != q)
            index++;
        return index % values.Count;
    }
}
