using System.Numerics.Tensors;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>A matrix [rows, columns] of packed codes and block scales, as stored.</summary>
/// <remarks>Immutable once made, hence thread-safe to read.</remarks>
public sealed class PackedMatrix
{
    /// <summary>Wraps packed bytes.</summary>
    /// <param name="format">The number format.</param>
    /// <param name="rows">Rows, ≥ 0.</param>
    /// <param name="columns">Columns, ≥ 0.</param>
    /// <param name="codes">rows × <see cref="FormatCodec.CodeBytes"/> bytes.</param>
    /// <param name="scales">rows × <see cref="FormatCodec.ScaleBytes"/> bytes.</param>
    /// <param name="tensorParameter">See <see cref="FormatCodec.TensorParameter"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public PackedMatrix(
        NumberFormat format, int rows, int columns, ReadOnlyMemory<byte> codes, ReadOnlyMemory<byte> scales, float tensorParameter)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Codec = FormatCodecs.For(format);
        if (codes.Length != (long)rows * Codec.CodeBytes(columns))
            throw new ArgumentException($"expected {(long)rows * Codec.CodeBytes(columns)} code bytes, found {codes.Length}", nameof(codes));
        if (scales.Length != (long)rows * Codec.ScaleBytes(columns))
            throw new ArgumentException($"expected {(long)rows * Codec.ScaleBytes(columns)} scale bytes, found {scales.Length}", nameof(scales));
        Rows = rows;
        Columns = columns;
        Codes = codes;
        Scales = scales;
        TensorParameter = tensorParameter;
    }

    /// <summary>The codec of the format.</summary>
    public FormatCodec Codec { get; }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Codes, row by row.</summary>
    public ReadOnlyMemory<byte> Codes { get; }

    /// <summary>Scales, row by row.</summary>
    public ReadOnlyMemory<byte> Scales { get; }

    /// <summary>The tensor's own parameter; 0 where the format has none.</summary>
    public float TensorParameter { get; }

    /// <summary>Packs a matrix.</summary>
    /// <param name="format">The number format.</param>
    /// <param name="values">rows × columns numbers, row-major.</param>
    /// <param name="columns">Columns, ≥ 1; divides the count of values.</param>
    /// <exception cref="ArgumentException">The values do not fill rows.</exception>
    /// <exception cref="NonFiniteException">A number is not finite and the format cannot say so.</exception>
    public static PackedMatrix Pack(NumberFormat format, ReadOnlySpan<float> values, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (values.Length % columns != 0)
            throw new ArgumentException($"expected rows of {columns} values, found {values.Length} values", nameof(values));
        var codec = FormatCodecs.For(format);
        var rows = values.Length / columns;
        var parameter = values.IsEmpty ? 0 : codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude(values)));
        var codes = new byte[checked(rows * codec.CodeBytes(columns))];
        var scales = new byte[checked(rows * codec.ScaleBytes(columns))];
        for (var row = 0; row < rows; row++)
        {
            codec.Encode(
                values.Slice(row * columns, columns),
                codes.AsSpan(row * codec.CodeBytes(columns), codec.CodeBytes(columns)),
                scales.AsSpan(row * codec.ScaleBytes(columns), codec.ScaleBytes(columns)),
                parameter);
        }

        return new PackedMatrix(format, rows, columns, codes, scales, parameter);
    }

    /// <summary>Decodes rows.</summary>
    /// <param name="row">First row.</param>
    /// <param name="destination">Columns numbers a row, of as many rows as it has room for.</param>
    public void DecodeRows(int row, Span<float> destination)
    {
        if (destination.IsEmpty)
            return;
        var count = destination.Length / Columns;
        var parameter = TensorParameter;
        var codeBytes = Codec.CodeBytes(Columns);
        var scaleBytes = Codec.ScaleBytes(Columns);
        Codec.DecodeRows(
            Codes.Span.Slice(row * codeBytes, count * codeBytes),
            Scales.Span.Slice(row * scaleBytes, count * scaleBytes),
            Columns,
            destination,
            new(in parameter));
    }

    /// <summary>Decodes one row.</summary>
    /// <param name="row">0 … Rows-1.</param>
    /// <param name="destination">Columns numbers.</param>
    public void DecodeRow(int row, Span<float> destination) => DecodeRows(row, destination[..Columns]);
}
