namespace Pith.Kernels.Algebra;

/// <summary>The whole singular value decomposition A = U·diag(σ)·Vᵀ of a small matrix.</summary>
/// <remarks>One-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992): pairs of columns are turned until all are orthogonal. Accurate also in
/// small singular values; O(rows·columns²) a sweep, some ten sweeps, so meant for up to some hundred columns. The result depends on A alone.
/// Thread-safe.</remarks>
public sealed class JacobiSvd
{
    private const int MaxSweeps = 60;

    // Columns whose cosine is below this are orthogonal to the precision of doubles.
    private const double LargestCosine = 1e-15;

    private JacobiSvd(Matrix u, double[] sigma, Matrix v) => (U, Sigma, V) = (u, sigma, v);

    /// <summary>[rows, columns]; columns of zero singular values are zero.</summary>
    public Matrix U { get; }

    /// <summary>Singular values, descending, ≥ 0.</summary>
    public double[] Sigma { get; }

    /// <summary>[columns, columns].</summary>
    public Matrix V { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="a">[rows, columns], rows ≥ columns; finite.</param>
    /// <exception cref="ArgumentException">More columns than rows.</exception>
    public static JacobiSvd Of(MatrixView a)
    {
        if (a.Columns > a.Rows)
            throw new ArgumentException($"expected at most {a.Rows} columns, found {a.Columns}", nameof(a));

        // Rows of these are the columns of A·V and of V.
        var turned = a.Transposed.ToMatrix();
        var v = new Matrix(a.Columns, a.Columns);
        for (var i = 0; i < a.Columns; i++)
            v[i, i] = 1;
        for (var sweep = 0; sweep < MaxSweeps && Sweep(turned, v); sweep++)
        {
        }

        return Sorted(turned, v);
    }

    // Every pair once; whether any was turned.
    private static bool Sweep(Matrix turned, Matrix v)
    {
        var isTurned = false;
        for (var p = 0; p < turned.Rows - 1; p++)
        {
            for (var q = p + 1; q < turned.Rows; q++)
            {
                Span<double> x = turned.Row(p), y = turned.Row(q);
                var (xx, yy, xy) = (VectorSums.Dot(x, x), VectorSums.Dot(y, y), VectorSums.Dot(x, y));
                if (!(Math.Abs(xy) > LargestCosine * Math.Sqrt(xx) * Math.Sqrt(yy)))
                    continue;
                isTurned = true;
                var ratio = (yy - xx) / (2 * xy);
                var tangent = (ratio >= 0 ? 1 : -1) / (Math.Abs(ratio) + Math.Sqrt(1 + (ratio * ratio)));
                var cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
                VectorSums.Rotate(cosine, cosine * tangent, x, y);
                VectorSums.Rotate(cosine, cosine * tangent, v.Row(p), v.Row(q));
            }
        }

        return isTurned;
    }

    private static JacobiSvd Sorted(Matrix turned, Matrix v)
    {
        var count = turned.Rows;
        var norms = new double[count];
        for (var j = 0; j < count; j++)
            norms[j] = Math.Sqrt(VectorSums.Dot(turned.Row(j), turned.Row(j)));
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(j => norms[j])];
        var (u, right) = (new Matrix(turned.Columns, count), new Matrix(count, count));
        for (var j = 0; j < count; j++)
        {
            var (from, norm) = (order[j], norms[order[j]]);
            for (var i = 0; i < u.Rows; i++)
                u[i, j] = norm > 0 ? turned[from, i] / norm : 0;
            for (var i = 0; i < count; i++)
                right[i, j] = v[from, i];
        }

        return new JacobiSvd(u, [.. order.Select(j => norms[j])], right);
    }
}
