using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

/// <summary>Matrices for tests, and the measures by which they are compared.</summary>
internal static class Samples
{
    /// <summary>Half a unit in the last place of a double of magnitude 1.</summary>
    public const double Unit = 1.0 / (1L << 53);

    public static Matrix Normal(int rows, int columns, int seed) => GaussianMatrix.Of(rows, columns, seed);

    /// <summary>X·Xᵀ/columns: symmetric, positive definite where columns ≥ n, of a rank below n otherwise.</summary>
    public static Matrix Gram(int n, int columns, int seed)
    {
        var x = Normal(n, columns, seed);
        var r = AlgebraReference.Multiply(x.View, x.View.Transposed);
        for (var i = 0; i < r.Values.Length; i++)
            r.Values[i] /= columns;
        return r;
    }

    /// <summary>A matrix with given singular values: Q₁·diag(σ)·Q₂ᵀ.</summary>
    public static Matrix WithSpectrum(int rows, int columns, double[] sigma, int seed)
    {
        var left = Normal(rows, sigma.Length, seed);
        var right = Normal(columns, sigma.Length, seed + 1);
        HouseholderQr.Factor(left);
        HouseholderQr.Factor(right);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < sigma.Length; j++)
                left[i, j] *= sigma[j];
        }

        return AlgebraReference.Multiply(left.View, right.View.Transposed);
    }

    public static double Norm(Matrix a) => Math.Sqrt(a.Values.Sum(x => x * x));

    /// <summary>‖A − B‖ in the Frobenius norm.</summary>
    public static double Distance(Matrix a, Matrix b)
    {
        Assert.Equal((a.Rows, a.Columns), (b.Rows, b.Columns));
        return Math.Sqrt(a.Values.Zip(b.Values, (x, y) => (x - y) * (x - y)).Sum());
    }

    /// <summary>‖QᵀQ − I‖ in the Frobenius norm.</summary>
    public static double DistanceFromOrthonormal(Matrix q)
    {
        var gram = AlgebraReference.Multiply(q.View.Transposed, q.View);
        for (var i = 0; i < gram.Rows; i++)
            gram[i, i] -= 1;
        return Norm(gram);
    }

    public static MathNet.Numerics.LinearAlgebra.Matrix<double> ToMathNet(Matrix a) =>
        MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(a.Rows, a.Columns, (i, j) => a[i, j]);
}
