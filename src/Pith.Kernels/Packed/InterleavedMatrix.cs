using System.Runtime.InteropServices;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Memory;

namespace Pith.Kernels.Packed;

/// <summary>A packed matrix [rows, columns] re-laid in interleaved records for the integer dot kernels.</summary>
/// <remarks>Made at load, never stored. Rows are padded to 16 and columns to 64 with zero codes. Codes of up to 6 bits take their bits and 7 bits
/// (and MXFP6 E2M3, whose integers reach 60) 8; scales and minima take 0.5 to 1 bit a weight. Safe to read from several threads; disposing
/// frees the memory.</remarks>
public sealed unsafe class InterleavedMatrix : IDisposable
{
    private const int FloatBias = 127;
    private const int MantissaBits = 23;

    // Where scales are numbers: binary16 ones reach from 2^-24 to 2^16, counts and what minima are multiplied with to 2^24.
    private const int SmallestNumber = -24;
    private const int LargestNumber = 40;

    // 2^-100: below, products of scales might be subnormal.
    private const float SmallestTensorScale = 7.888609e-31f;

    private readonly NativeBuffer buffer;
    private readonly Lock gate = new();

    private InterleavedMatrix(NumberFormat format, IntegerBlocks view, int rows, int columns)
    {
        Format = format;
        View = view;
        Rows = rows;
        Columns = columns;
        Groups = (rows + Tile.Rows - 1) / Tile.Rows;
        RecordsPerGroup = (columns + Tile.Columns - 1) / Tile.Columns;
        (SmallestExponent, LargestExponent) = view.Scales.IsNumber ? (SmallestNumber, LargestNumber) : (view.Scales.Bias, view.Scales.Bias);
        var each = view.Scales.RecordsPerExtra;
        GroupBytes = ((long)RecordsPerGroup * Tile.RecordBytes(view.CodeBits)) + (each == 0 ? 0 : (RecordsPerGroup + each - 1) / each * (long)Tile.ExtraBytes);
        buffer = new NativeBuffer(Groups * GroupBytes, isZeroed: false);
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

    internal int Groups { get; }

    internal long GroupBytes { get; }

    internal int RecordsPerGroup { get; }

    /// <summary>The smallest exponent field of a scale, and so the largest; bounds of exponents where scales are numbers.</summary>
    internal int SmallestExponent { get; private set; }

    internal int LargestExponent { get; private set; }

    /// <summary>The power of two by which binary16 scales are stored larger.</summary>
    internal int ScaleShift { get; private init; }

    /// <summary>What a whole product is multiplied with.</summary>
    internal float TensorScale { get; private init; } = 1;

    /// <summary>What an activation's exponent is lessened by, so that it can be added to the bits of a scale, or be a power of two of its own.</summary>
    internal int Fraction => View.Fraction + ScaleShift - (FloatBias - View.Scales.Bias);

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
        if (packed.Codec.Format.HasTensorScale && !(packed.TensorParameter >= SmallestTensorScale && float.IsFinite(packed.TensorParameter)))
            return null;
        int? shift = view.Scales.IsHalf ? HalfBlocks.Shift(packed, view, workers) : 0;
        if (shift is null)
            view = view with { Scales = RecordScales.Of<HalfNumbers>() };
        var matrix = new InterleavedMatrix(packed.Codec.Format, view, packed.Rows, packed.Columns)
        {
            ScaleShift = shift ?? 0,
            TensorScale = packed.Codec.Format.HasTensorScale ? packed.TensorParameter : 1,
        };
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
        var (group, lane) = (row / Tile.Rows, row % Tile.Rows);
        var isPower = View.Scales.IsPower && !Format.HasTensorScale;
        for (var start = 0; start < Columns; start += Tile.BlockColumns)
        {
            var (index, block) = (start / Tile.Columns, start % Tile.Columns / Tile.BlockColumns);
            var record = Record(group, index);

            // A power of two is exact in binary32, and so is what one rounding makes of its product.
            var unit = isPower ? ValueOf(1, group, index, lane, block) : 0;
            for (var column = 0; column < Math.Min(Tile.BlockColumns, Columns - start); column++)
            {
                var integer = View.FromRecord(Tile.Read(record, View.CodeBits, lane, block, column));
                destination[start + column] = isPower ? integer * unit : ValueOf(integer, group, index, lane, block);
            }
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => buffer.Dispose();

    /// <summary>The code that stands for an integer in a record.</summary>
    internal byte CodeOf(int q) => (byte)(View.Values is { } table ? IndexOf(table, q) : View.CodeBits != 8 ? q + View.Offset : q < 0 ? 0x80 | -q : q);

    /// <summary>What a kernel reads first of a group.</summary>
    internal byte* Group(int group) => buffer.Pointer + (group * GroupBytes);

    /// <summary>A record.</summary>
    internal byte* Record(int group, int index)
    {
        var each = View.Scales.RecordsPerExtra;
        return Group(group) + ((long)index * Tile.RecordBytes(View.CodeBits)) + (each == 0 ? 0 : ((index / each) + 1) * (long)Tile.ExtraBytes);
    }

    /// <summary>What stands in front of a record or of those it belongs to; the record's own address where there is no such thing.</summary>
    internal byte* Extra(int group, int index)
    {
        var each = View.Scales.RecordsPerExtra;
        return each == 0 ? Record(group, index) : Record(group, index / each * each) - Tile.ExtraBytes;
    }

    /// <summary>Where the scales of a row are, and its share of what stands in front.</summary>
    internal (nint Scales, nint Extra) ScalesAt(int group, int index, int lane) =>
        ((nint)(Record(group, index) + Tile.RecordBytes(View.CodeBits) - Tile.ExponentBytes + (Tile.LaneBytes * lane)), (nint)(Extra(group, index) + (Tile.LaneBytes * lane)));

    /// <summary>Fills scales with those of zeros.</summary>
    internal void Neutral(Span<byte> scales) => MemoryMarshal.Cast<byte, ushort>(scales).Fill(View.Scales.Neutral);

    /// <summary>Widens the range of exponents.</summary>
    internal void Widen(int smallest, int largest)
    {
        lock (gate)
        {
            SmallestExponent = Math.Min(SmallestExponent, smallest);
            LargestExponent = Math.Max(LargestExponent, largest);
        }
    }

    /// <summary>A matrix of random codes and ordinary scales: the weights of a benchmark. One group is made and repeated.</summary>
    /// <exception cref="ArgumentException">The format has no view as integers.</exception>
    internal static InterleavedMatrix Random(NumberFormat format, int rows, int columns, Random random)
    {
        var view = IntegerBlocks.Of(format) ?? throw new ArgumentException($"{format} has no integer blocks", nameof(format));
        var matrix = new InterleavedMatrix(format, view, rows, columns);
        PlainRecords.Fill(matrix, 0, (_, integers, scales, extra) =>
        {
            for (var column = 0; column < columns; column++)
            {
                integers[column] = view.Values is { } values
                    ? values[random.Next(values.Count)]
                    : random.Next(view.HasMinimum ? 0 : 1 - view.LargestMagnitude, view.LargestMagnitude);
            }

            MemoryMarshal.Cast<byte, ushort>(scales).Fill(view.Scales.Typical);
            MemoryMarshal.Cast<byte, ushort>(extra).Fill(HalfScales.Typical);
            return true;
        });
        for (var group = 1; group < matrix.Groups; group++)
            Buffer.MemoryCopy(matrix.Group(0), matrix.Group(group), matrix.GroupBytes, matrix.GroupBytes);
        return matrix;
    }

    // In the arithmetic of the format's codec.
    private float ValueOf(int integer, int group, int index, int lane, int block)
    {
        var (scales, extra) = ScalesAt(group, index, lane);
        var bits = View.Scales.Load((byte*)scales, (byte*)extra, block);
        if (View.Scales.IsNumber)
            return (integer * BitConverter.Int32BitsToSingle(bits)) + View.Scales.Minimum((byte*)scales, (byte*)extra, block);

        // Exact: a scale has at most eleven significant bits, an integer at most seven.
        var mantissa = BitConverter.Int32BitsToSingle((bits & ~(0xFF << MantissaBits)) | (FloatBias << MantissaBits));
        var scale = Math.ScaleB(mantissa, ((bits >> MantissaBits) & 0xFF) - View.Scales.Bias - ScaleShift);
        return Format.HasTensorScale
            ? (float)Math.ScaleB(integer, -View.Fraction) * ((float)scale * TensorScale)
            : (float)(integer * Math.ScaleB(scale, -View.Fraction));
    }

    private bool Fill(PackedMatrix packed, Interleaver? fast, Workers workers)
    {
        var isWhole = true;
        workers.Run(Groups, (long)Rows * Columns, (first, end) =>
        {
            var plain = new PlainRows(this, packed);
            for (var group = first; group < end && Volatile.Read(ref isWhole);)
            {
                if (fast is not null)
                {
                    (group, var smallest, var largest) = fast.Fill(group, end);
                    Widen(smallest, largest);
                    if (group == end)
                        return;
                }

                if (!PlainRecords.Fill(this, group++, plain.Read))
                    Volatile.Write(ref isWhole, false);
            }
        });
        return isWhole;
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
