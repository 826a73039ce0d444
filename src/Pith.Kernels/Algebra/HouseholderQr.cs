namespace Pith.Kernels.Algebra;

/// <summary>Householder's QR factors of a tall matrix: plain, and orthonormal to the last bits whatever the matrix.</summary>
/// <remarks>Works on the transposed copy, so that columns lie together. A zero column gets a reflection that changes nothing. Golub and Van Loan,
/// Matrix Computations, algorithm 5.2.1.</remarks>
internal static class HouseholderQr
{
    /// <summary>Writes Q over A and returns R, [columns, columns].</summary>
    /// <param name="a">[rows, columns], rows ≥ columns.</param>
    public static Matrix Factor(Matrix a)
    {
        var columns = a.View.Transposed.ToMatrix();
        var (count, rows) = (a.Columns, a.Rows);
        var r = new Matrix(count, count);
        var factors = new double[count];
        for (var j = 0; j < count; j++)
        {
            var v = columns.Row(j)[j..];
            var norm = Math.Sqrt(VectorSums.Dot(v, v));
            var diagonal = v[0] > 0 ? -norm : norm;
            v[0] -= diagonal;
            var square = VectorSums.Dot(v, v);
            factors[j] = square > 0 ? 2 / square : 0;
            for (var k = j + 1; k < count; k++)
                Reflect(v, factors[j], columns.Row(k)[j..]);
            for (var k = 0; k < j; k++)
                r[k, j] = columns[j, k];
            r[j, j] = diagonal;
        }

        var q = new double[rows];
        for (var j = 0; j < count; j++)
        {
            Array.Clear(q);
            q[j] = 1;
            for (var k = count - 1; k >= 0; k--)
                Reflect(columns.Row(k)[k..], factors[k], q.AsSpan(k));
            for (var i = 0; i < rows; i++)
                a[i, j] = q[i];
        }

        return r;
    }

    // x := x − factor·(v·x)·v.
    private static void Reflect(ReadOnlySpan<double> v, double factor, Span<double> x) =>
        VectorSums.AddScaled(-factor * VectorSums.Dot(v, x), v, x);
}
