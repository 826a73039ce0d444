namespace Pith.Kernels.Algebra;

/// <summary>Matrices of independent normal numbers, mean 0 and variance 1.</summary>
public static class GaussianMatrix
{
    /// <summary>Draws one, row by row, by Box and Muller's method.</summary>
    /// <param name="rows">Rows, ≥ 0.</param>
    /// <param name="columns">Columns, ≥ 0.</param>
    /// <param name="seed">The same seed and shape give the same numbers.</param>
    public static Matrix Of(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        var values = matrix.Values;
        for (var i = 0; i < values.Length; i += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = radius * cosine;
            if (i + 1 < values.Length)
                values[i + 1] = radius * sine;
        }

        return matrix;
    }
}
