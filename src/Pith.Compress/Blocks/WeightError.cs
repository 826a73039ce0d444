using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;

namespace Pith.Compress.Blocks;

/// <summary>What rounding a stored weight to a number format costs.</summary>
public static class WeightError
{
    /// <summary>The relative Frobenius error ‖Ŵ − W‖ / ‖W‖ of a weight.</summary>
    /// <remarks>With importance h: sqrt(Σ h_j (ŵ_ij − w_ij)² / Σ h_j w_ij²), and the <c>@mse</c> rule minimises the same weighted
    /// sum. Reads the weight in chunks; results do not depend on the threads.</remarks>
    /// <param name="source">Where the weight is.</param>
    /// <param name="name">The weight [out, in].</param>
    /// <param name="format">The format; blocks run along in.</param>
    /// <param name="importance">h, one a column, ≥ 0, for example mean squares of the activations; all one when empty.</param>
    /// <param name="threads">Threads to use, ≥ 1.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <returns>The error, ≥ 0; 0 for a weight of zeros, NaN where a block is.</returns>
    /// <exception cref="ArgumentException">No such weight, or an importance of another length.</exception>
    /// <exception cref="Core.Diagnostics.PithException">The weight is not finite
    /// (<see cref="CompressErrors.NonFiniteWeight"/>).</exception>
    public static double Relative(
        ITensorSource source,
        string name,
        NumberFormat format,
        ReadOnlyMemory<float> importance = default,
        int threads = 1,
        CancellationToken cancellation = default) =>
        Measure(source, name, format, importance, threads, cancellation).Relative;

    /// <summary>The sums behind <see cref="Relative"/>.</summary>
    internal static SquaredError Measure(
        ITensorSource source, string name, NumberFormat format, ReadOnlyMemory<float> importance, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (!source.Tensors.TryGetValue(name, out var weight))
            throw new ArgumentException($"no tensor `{name}`", nameof(name));
        if (!importance.IsEmpty && importance.Length != weight.Columns)
            throw new ArgumentException($"expected {weight.Columns} importances, found {importance.Length}", nameof(importance));

        var codec = FormatCodecs.For(format);
        var parameter = WeightPacker.TensorParameter(source, weight, codec, threads, cancellation);
        var errors = RowChunks.Visit(source, weight, threads, ErrorOf, cancellation);
        return errors.Aggregate(default(SquaredError), (sum, error) => sum + error);

        SquaredError ErrorOf(long firstRow, ReadOnlySpan<float> values)
        {
            var sum = default(SquaredError);
            var rounded = new float[weight.Columns];
            for (var start = 0; start < values.Length; start += weight.Columns)
            {
                var exact = values.Slice(start, weight.Columns);
                try
                {
                    codec.Round(exact, rounded, parameter, importance.Span);
                }
                catch (NonFiniteException exception)
                {
                    throw WeightPacker.NonFinite(weight, format, firstRow + (start / weight.Columns), exception.Index, exception.Value, exception);
                }

                sum += SquaredError.Of(exact, rounded, importance.Span);
            }

            return sum;
        }
    }
}
