namespace Pith.Compress.Ratio.Law;

/// <summary>Ordinary least squares for a handful of coefficients.</summary>
internal static class LeastSquares
{
    // A column which the ones before it explain to this share of its length carries no information of its own.
    private const double Dependent = 1e-10;

    /// <summary>The coefficients b that minimise |X b - y|, by modified Gram-Schmidt; null if the columns are dependent.</summary>
    /// <param name="rows">Rows of X, each as long as there are coefficients.</param>
    /// <param name="responses">y, one a row.</param>
    public static double[]? Solve(IReadOnlyList<double[]> rows, IReadOnlyList<double> responses)
    {
        var count = rows[0].Length;
        var q = new double[count][];
        var r = new double[count, count];
        for (var j = 0; j < count; j++)
        {
            q[j] = [.. rows.Select(row => row[j])];
            var length = Norm(q[j]);
            for (var i = 0; i < j; i++)
            {
                r[i, j] = Dot(q[i], q[j]);
                Subtract(q[j], q[i], r[i, j]);
            }

            r[j, j] = Norm(q[j]);
            if (!(r[j, j] > Dependent * length))
                return null;
            for (var k = 0; k < q[j].Length; k++)
                q[j][k] /= r[j, j];
        }

        double[] residual = [.. responses];
        var solution = new double[count];
        for (var j = 0; j < count; j++)
        {
            solution[j] = Dot(q[j], residual);
            Subtract(residual, q[j], solution[j]);
        }

        for (var i = count - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < count; j++)
                solution[i] -= r[i, j] * solution[j];
            solution[i] /= r[i, i];
        }

        return solution;
    }

    /// <summary>The inner product.</summary>
    public static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static void Subtract(double[] from, double[] direction, double length)
    {
        for (var i = 0; i < from.Length; i++)
            from[i] -= length * direction[i];
    }
}
