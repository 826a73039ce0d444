namespace Pith.Kernels.Algebra;

/// <summary>Orthonormal columns for tall thin matrices: A = Q·R with R upper triangular.</summary>
/// <remarks>Cholesky-QR twice, all in matrix products (Yamamoto et al. 2015, "Roundoff error analysis of the CholeskyQR2 algorithm"), good to a
/// condition number of about 10^7; beyond, or where columns depend on each other, Householder's reflections. Thread-safe on different A.</remarks>
public static class ThinQr
{
    // The second step squares the distance from orthonormality: below 10^-4 it ends at the precision of doubles.
    private const double LargestDistance = 1e-4;

    /// <summary>Writes Q over A and returns R, [columns, columns].</summary>
    /// <param name="a">[rows, columns], rows ≥ columns; finite.</param>
    /// <param name="workers">The threads to use; the result does not depend on them.</param>
    /// <exception cref="ArgumentException">More columns than rows.</exception>
    public static Matrix Factor(Matrix a, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(workers);
        if (a.Columns > a.Rows)
            throw new ArgumentException($"expected at most {a.Rows} columns, found {a.Columns}", nameof(a));
        var original = (double[])a.Values.Clone();
        if (Orthogonalize(a, workers, double.PositiveInfinity) is { } first && Orthogonalize(a, workers, LargestDistance) is { } second)
            return MatrixProduct.Of(second.View.Transposed, first.View.Transposed, workers);
        original.CopyTo(a.Values, 0);
        return HouseholderQr.Factor(a);
    }

    // A := A·L⁻ᵀ with L·Lᵀ = AᵀA; L, its upper triangle cleared. Null where AᵀA is not definite or too far from the identity.
    private static Matrix? Orthogonalize(Matrix a, Workers workers, double largestDistance)
    {
        var gram = new Matrix(a.Columns, a.Columns);
        MatrixProduct.Add(gram.View, 1, a.View.Transposed, a.View, workers, partOfC: Triangle.Lower);
        for (var i = 0; i < gram.Rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                if (!(Math.Abs(gram[i, j] - (i == j ? 1 : 0)) <= largestDistance))
                    return null;
            }
        }

        if (!Cholesky.TryFactor(gram.View, workers))
            return null;
        TriangularSolve.Lower(gram.View, a.View.Transposed, workers);
        return gram;
    }
}
