namespace Pith.Kernels.Algebra;

/// <summary>The plain forms of the algebra on matrices of doubles: the oracle of the fast ones.</summary>
/// <remarks>Each reads like its formula; sums run over ascending indices. Thread-safe.</remarks>
public static class AlgebraReference
{
    /// <summary>C[i, j] = Σ_k A[i, k] · B[k, j].</summary>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner, columns].</param>
    public static Matrix Multiply(MatrixView a, MatrixView b)
    {
        var c = new Matrix(a.Rows, b.Columns);
        for (var i = 0; i < a.Rows; i++)
        {
            for (var j = 0; j < b.Columns; j++)
            {
                for (var k = 0; k < a.Columns; k++)
                    c[i, j] += a[i, k] * b[k, j];
            }
        }

        return c;
    }

    /// <summary>L, lower, with L·Lᵀ = R: L[i, j] = (R[i, j] − Σ_{k&lt;j} L[i, k]·L[j, k]) / L[j, j], the diagonal its square root.</summary>
    /// <param name="r">[n, n], symmetric.</param>
    /// <returns>L; null where R is not positive definite.</returns>
    public static Matrix? Cholesky(MatrixView r)
    {
        var l = new Matrix(r.Rows, r.Rows);
        for (var j = 0; j < r.Rows; j++)
        {
            for (var i = j; i < r.Rows; i++)
            {
                var sum = r[i, j];
                for (var k = 0; k < j; k++)
                    sum -= l[i, k] * l[j, k];
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }

            if (!(l[j, j] > 0))
                return null;
        }

        return l;
    }

    /// <summary>X with L·X = B, by forward substitution.</summary>
    /// <param name="l">[n, n]; its lower triangle counts.</param>
    /// <param name="b">[n, columns].</param>
    public static Matrix SolveLower(MatrixView l, MatrixView b)
    {
        var x = b.ToMatrix();
        for (var j = 0; j < b.Columns; j++)
        {
            for (var i = 0; i < b.Rows; i++)
            {
                for (var k = 0; k < i; k++)
                    x[i, j] -= l[i, k] * x[k, j];
                x[i, j] /= l[i, i];
            }
        }

        return x;
    }
}
