using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>F = diag(s): inputs weighed one by one.</summary>
internal sealed class DiagonalScale(double[] s) : ScaleMatrix(s.Length)
{
    // The floor of the published code.
    private const double LeastMean = 1e-4;

    // What a silent input counts, as a share of the mean square; the exact form adds as much.
    private const double LeastShare = 1e-6;

    public static new DiagonalScale OfLargestMeans(ReadOnlySpan<double> largestMeans)
    {
        Require(largestMeans, "mean of |x|");
        var s = largestMeans.ToArray();
        for (var i = 0; i < s.Length; i++)
            s[i] = Math.Max(s[i], LeastMean);
        var middle = Math.Sqrt(s.Min()) * Math.Sqrt(s.Max());
        for (var i = 0; i < s.Length; i++)
            s[i] /= middle;
        return new DiagonalScale(s);
    }

    public static new DiagonalScale OfMeanSquares(ReadOnlySpan<double> meanSquares)
    {
        Require(meanSquares, "mean of x²");
        var s = meanSquares.ToArray();
        var least = LeastShare * s.Average();
        for (var i = 0; i < s.Length; i++)
            s[i] = least > 0 ? Math.Sqrt(Math.Max(s[i], least)) : 1;
        return new DiagonalScale(s);
    }

    internal override Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation)
    {
        var y = x.View.ToMatrix();
        Scale(y, inverse: false);
        return y;
    }

    internal override void Solve(Matrix x, Workers workers, CancellationToken cancellation) => Scale(x, inverse: true);

    internal override void ApplyToRows(SingleMatrix d, Workers workers, CancellationToken cancellation)
    {
        var size = s.Max();
        var shares = Array.ConvertAll(s, one => (float)(one / size));
        workers.Run(d.Rows, d.Values.LongLength, (first, end) =>
        {
            for (var row = first; row < end; row++)
                TensorPrimitives.Multiply(d.Row(row), shares, d.Row(row));
        });
        d.Unit *= size;
    }

    internal override Matrix? Feedback(double damping, Workers workers, CancellationToken cancellation) => null;

    internal static void Require(ReadOnlySpan<double> statistics, string what)
    {
        if (statistics.IsEmpty)
            throw new ArgumentException("expected statistics, found none", nameof(statistics));
        for (var i = 0; i < statistics.Length; i++)
        {
            if (!double.IsFinite(statistics[i]) || statistics[i] < 0)
            {
                throw new PithException(
                    CompressErrors.BadStatistics,
                    string.Create(CultureInfo.InvariantCulture, $"{what}: expected finite numbers of at least 0, found {statistics[i]} at input {i}"));
            }
        }
    }

    private void Scale(Matrix x, bool inverse)
    {
        for (var i = 0; i < x.Rows; i++)
        {
            foreach (ref var value in x.Row(i))
                value = inverse ? value / s[i] : value * s[i];
        }
    }
}
