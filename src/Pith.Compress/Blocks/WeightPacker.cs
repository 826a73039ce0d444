using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Blocks;

/// <summary>Packs one stored weight [out, in] at a time.</summary>
/// <remarks>Holds the packed form and a few chunks of rows, never the weight as floats. A format with a parameter for the whole
/// tensor reads the weight twice.</remarks>
internal static class WeightPacker
{
    /// <summary>Packs a weight and measures the error.</summary>
    /// <param name="source">Where the weight is.</param>
    /// <param name="weight">Its entry.</param>
    /// <param name="format">The format; blocks run along in.</param>
    /// <param name="threads">Threads to use, ≥ 1.</param>
    /// <param name="cancellation">Stops between chunks of rows.</param>
    /// <param name="progress">Told the elements packed at each step, from any thread.</param>
    /// <exception cref="PithException">The weight is not finite (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static PackedWeight Pack(
        ITensorSource source,
        TensorEntry weight,
        NumberFormat format,
        int threads,
        CancellationToken cancellation,
        Action<long>? progress = null)
    {
        var codec = FormatCodecs.For(format);
        var (rows, columns) = (checked((int)weight.Rows), weight.Columns);
        var (codeBytes, scaleBytes) = (codec.CodeBytes(columns), codec.ScaleBytes(columns));
        var codes = new byte[(long)rows * codeBytes];
        var scales = new byte[(long)rows * scaleBytes];
        var parameter = TensorParameter(source, weight, codec, threads, cancellation);
        var errors = RowChunks.Visit(source, weight, threads, PackRows, cancellation, progress);
        return new PackedWeight(
            new PackedMatrix(format, rows, columns, codes, scales, parameter),
            errors.Aggregate(default(SquaredError), (sum, error) => sum + error).Relative);

        SquaredError PackRows(long firstRow, ReadOnlySpan<float> values)
        {
            var sum = default(SquaredError);
            var decoded = new float[columns];
            for (var start = 0; start < values.Length; start += columns)
            {
                var row = (int)firstRow + (start / columns);
                var exact = values.Slice(start, columns);
                var code = codes.AsSpan(row * codeBytes, codeBytes);
                var scale = scales.AsSpan(row * scaleBytes, scaleBytes);
                try
                {
                    codec.Encode(exact, code, scale, parameter);
                }
                catch (NonFiniteException exception)
                {
                    throw NonFinite(weight, format, row, exception.Index, exception.Value, exception);
                }

                codec.Decode(code, scale, decoded, parameter);
                sum += SquaredError.Of(exact, decoded);
            }

            return sum;
        }
    }

    /// <summary>The parameter which the whole weight shares; 0, without reading, for formats that have none.</summary>
    public static float TensorParameter(
        ITensorSource source, TensorEntry weight, FormatCodec codec, int threads, CancellationToken cancellation)
    {
        if (!codec.Format.HasTensorParameter)
            return codec.TensorParameter(0);
        var largest = RowChunks.Visit(source, weight, threads, LargestOf, cancellation);
        return codec.TensorParameter(largest.DefaultIfEmpty().Max());

        float LargestOf(long firstRow, ReadOnlySpan<float> values)
        {
            var found = MathF.Abs(TensorPrimitives.MaxMagnitude(values));
            if (float.IsFinite(found))
                return found;
            var index = 0;
            while (float.IsFinite(values[index]))
                index++;
            var (row, column) = Math.DivRem(index, weight.Columns);
            throw NonFinite(weight, codec.Format, firstRow + row, column, values[index], null);
        }
    }

    public static PithException NonFinite(
        TensorEntry weight, NumberFormat format, long row, int column, float value, Exception? inner) => new(
            CompressErrors.NonFiniteWeight,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{weight.Name}: {format} needs finite weights, found {value} at [{row}, {column}], element {(row * weight.Columns) + column}"),
            inner: inner);
}
