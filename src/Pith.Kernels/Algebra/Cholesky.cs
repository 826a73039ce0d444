namespace Pith.Kernels.Algebra;

/// <summary>Cholesky factors of big symmetric matrices: L·Lᵀ = R.</summary>
/// <remarks>Recursive halving: n³/3 operations, all but those in blocks of 64 in matrix products. The result does not depend on the threads.
/// Thread-safe on different matrices.</remarks>
public static class Cholesky
{
    private const int Base = 64;

    /// <summary>Writes L over the lower triangle of R; what is above the diagonal is neither read nor written.</summary>
    /// <remarks>On the reversed view it gives the factor U, upper, with U·Uᵀ = R.</remarks>
    /// <param name="r">[n, n]; its lower triangle counts.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks; R is then partly done.</param>
    /// <returns>Whether R is positive definite to the precision of doubles; otherwise its lower triangle is spoilt.</returns>
    /// <exception cref="ArgumentException">R is not square.</exception>
    public static bool TryFactor(MatrixView r, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (r.Rows != r.Columns)
            throw new ArgumentException($"expected a square matrix, found [{r.Rows}, {r.Columns}]", nameof(r));
        return Factor(r, workers, cancellation);
    }

    private static bool Factor(MatrixView r, Workers workers, CancellationToken cancellation)
    {
        if (r.Rows <= Base)
            return FactorBase(r);
        var half = (r.Rows / 2 / Base * Base) + (r.Rows / 2 < Base ? Base : 0);
        var rest = r.Rows - half;
        var (first, below, last) = (r.Slice(0, half, 0, half), r.Slice(half, rest, 0, half), r.Slice(half, rest, half, rest));
        if (!Factor(first, workers, cancellation))
            return false;
        TriangularSolve.Lower(first, below.Transposed, workers, cancellation);
        MatrixProduct.Add(last, -1, below, below.Transposed, workers, partOfC: Triangle.Lower, cancellation: cancellation);
        return Factor(last, workers, cancellation);
    }

    // As AlgebraReference.Cholesky, on a copy that lies together.
    private static bool FactorBase(MatrixView r)
    {
        var n = r.Rows;
        Span<double> l = stackalloc double[n * n];
        for (var i = 0; i < n; i++)
        {
            var row = l.Slice(i * n, i + 1);
            for (var j = 0; j <= i; j++)
            {
                var sum = r[i, j] - VectorSums.Dot(row[..j], l.Slice(j * n, j));
                if (i == j && !(sum > 0 && double.IsFinite(sum)))
                    return false;
                row[j] = i == j ? Math.Sqrt(sum) : sum / l[(j * n) + j];
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var view = r;
                view[i, j] = l[(i * n) + j];
            }
        }

        return true;
    }
}
