using System.Runtime.InteropServices;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>The plain form of reading a packed matrix as integers and scales. Not thread-safe.</summary>
/// <param name="matrix">Where to.</param>
/// <param name="packed">Where from.</param>
internal sealed class PlainRows(InterleavedMatrix matrix, PackedMatrix packed)
{
    private readonly IntegerBlocks view = matrix.View;
    private readonly int columns = packed.Columns;
    private readonly float[] values = new float[packed.Columns];
    private readonly byte[] codes = new byte[packed.Codec.Format.BlocksPerRow(packed.Columns) * matrix.View.BlockSize];

    /// <summary>See <see cref="PlainRecords.RowReader"/>.</summary>
    public bool Read(int row, Span<int> integers, Span<byte> scales, Span<byte> extra)
    {
        if (view.IsGgml)
            return ReadBlocks(row, integers, scales, extra);
        packed.DecodeRow(row, values);
        return view.Scales.IsPower ? ReadPowers(row, integers, scales) : ReadSmall(row, integers, scales);
    }

    private bool ReadBlocks(int row, Span<int> integers, Span<byte> scales, Span<byte> extra)
    {
        var bytes = packed.Codec.CodeBytes(columns);
        var stored = packed.Codes.Span.Slice(row * bytes, bytes);

        // A ragged last block has scales for columns beyond the last record.
        var ownScales = new byte[codes.Length / Tile.BlockColumns];
        var ownExtra = new byte[codes.Length / Tile.BlockColumns];
        if (!(view.IsSuper ? SuperBlocks.Unpack(stored, packed.Codec, codes, ownScales, ownExtra) : HalfBlocks.Unpack(stored, view, matrix.ScaleShift, codes, ownScales, ownExtra)))
            return false;
        ownScales.AsSpan(0, Math.Min(ownScales.Length, scales.Length)).CopyTo(scales);
        ownExtra.AsSpan(0, Math.Min(ownExtra.Length, extra.Length)).CopyTo(extra);
        for (var column = 0; column < columns; column++)
        {
            integers[column] = view.IntegerOf(codes[column]);
            if (view.CodeBits == 8 && integers[column] < -sbyte.MaxValue)
                return false;
        }

        return true;
    }

    // The stored exponent of an all-zero block says nothing; 127 keeps every sum of exponents in range.
    private bool ReadPowers(int row, Span<int> integers, Span<byte> exponents)
    {
        var scales = ScalesOf(row);
        for (var start = 0; start < columns; start += Tile.BlockColumns)
        {
            var scale = scales[start / view.BlockSize];
            var isZero = true;
            for (var column = start; column < Math.Min(start + Tile.BlockColumns, columns); column++)
            {
                if (!float.IsFinite(values[column]) || scale == byte.MaxValue)
                    return false;
                integers[column] = (int)Math.ScaleB(values[column], 127 + view.Fraction - scale);
                if (view.CodeBits == 8 && Math.Abs(integers[column]) > sbyte.MaxValue)
                    return false;
                isZero &= integers[column] == 0;
            }

            exponents[start / Tile.BlockColumns] = isZero ? IRecordWriter.NeutralExponent : scale;
        }

        return true;
    }

    // A value is a code times a scale, rounded: the quotient is next to the code.
    private bool ReadSmall(int row, Span<int> integers, Span<byte> stored)
    {
        var scales = ScalesOf(row);
        var reference = (ReferenceCodec)FormatCodecs.Reference(packed.Codec.Format);
        for (var start = 0; start < columns; start += Tile.BlockColumns)
        {
            var code = scales[start / view.BlockSize];
            if (!SmallScales.IsScale(code))
                return false;
            if (code == 0)
                continue;
            stored[start / Tile.BlockColumns] = SmallScales.Stored(code);
            var scale = reference.ScaleValue(code, packed.TensorParameter);
            for (var column = start; column < Math.Min(start + Tile.BlockColumns, columns); column++)
            {
                if (!float.IsFinite(values[column]))
                    return false;
                integers[column] = (int)Math.Round(Math.ScaleB(values[column] / scale, view.Fraction));
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> ScalesOf(int row)
    {
        var bytes = packed.Codec.ScaleBytes(columns);
        return packed.Scales.Span.Slice(row * bytes, bytes);
    }
}
