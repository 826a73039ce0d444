using Pith.Compress.LowRank;
using Pith.Kernels.Algebra;
using Pith.Kernels;

namespace Pith.Compress.Tests.LowRank;

/// <summary>Weights, inputs and their statistics for tests, and the measures of an independent kind.</summary>
internal static class Problems
{
    public static readonly Workers Two = new(2);

    public static float[] Weight(int outputs, int inputs, int seed) =>
        Array.ConvertAll(GaussianMatrix.Of(outputs, inputs, seed).Values, x => (float)(0.02 * x));

    /// <summary>Inputs [tokens, inputs] that are correlated, of very different sizes, as activations are.</summary>
    public static Matrix Inputs(int tokens, int inputs, int seed)
    {
        var mixing = GaussianMatrix.Of(inputs, inputs, seed);
        for (var i = 0; i < inputs; i++)
        {
            for (var j = 0; j < inputs; j++)
                mixing[i, j] = (mixing[i, j] / Math.Sqrt(inputs) / (1 + i)) + (i == j ? 0.3 * Math.Exp(2 * Math.Sin(j)) : 0);
        }

        return MatrixProduct.Of(GaussianMatrix.Of(tokens, inputs, seed + 1).View, mixing.View, Two);
    }

    /// <summary>Inputs [tokens, inputs] that lie near a space of a quarter of their number.</summary>
    public static Matrix CorrelatedInputs(int tokens, int inputs, int seed)
    {
        var x = MatrixProduct.Of(
            GaussianMatrix.Of(tokens, inputs / 4, seed).View, GaussianMatrix.Of(inputs / 4, inputs, seed + 1).View, Two);
        var noise = GaussianMatrix.Of(tokens, inputs, seed + 2);
        for (var i = 0; i < x.Values.Length; i++)
            x.Values[i] += noise.Values[i];
        return x;
    }

    /// <summary>XᵀX / tokens.</summary>
    public static Matrix SecondMoment(Matrix x)
    {
        var r = MatrixProduct.Of(x.View.Transposed, x.View, Two);
        for (var i = 0; i < r.Values.Length; i++)
            r.Values[i] /= x.Rows;
        return r;
    }

    public static double[] MeanSquares(Matrix x)
    {
        var r = new double[x.Columns];
        for (var i = 0; i < x.Rows; i++)
        {
            for (var j = 0; j < x.Columns; j++)
                r[j] += x[i, j] * x[i, j] / x.Rows;
        }

        return r;
    }

    /// <summary>E − A·B, [inputs, outputs], with the factors as given.</summary>
    public static Matrix Rest(float[] weight, float[] rounded, LowRankResult? result, int inputs)
    {
        var outputs = weight.Length / inputs;
        var e = new Matrix(inputs, outputs);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var at = (o * inputs) + i;
                e[i, o] = (double)weight[at] - (rounded.Length == 0 ? 0 : rounded[at]);
                for (var k = 0; k < (result?.Term.Rank ?? 0); k++)
                    e[i, o] -= (double)result!.Term.TransposedA[(k * inputs) + i] * result.Term.TransposedB[(o * result.Term.Rank) + k];
            }
        }

        return e;
    }

    /// <summary>‖X·D‖ / √tokens: the root mean square of the output error on the inputs themselves.</summary>
    public static double OutputError(Matrix x, Matrix d) =>
        Norm(MatrixProduct.Of(x.View, d.View, Two)) / Math.Sqrt(x.Rows);

    public static double Norm(Matrix a) => Math.Sqrt(a.Values.Sum(x => x * x));

    public static MathNet.Numerics.LinearAlgebra.Matrix<double> ToMathNet(Matrix a) =>
        MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(a.Rows, a.Columns, (i, j) => a[i, j]);

    /// <summary>The least ‖R^½·(E − C)‖ over C of a rank, by the eigenvalues of R and a dense decomposition: QERA's own formula.</summary>
    public static double LeastError(Matrix r, Matrix e, int rank)
    {
        var scaled = SquareRoot(r) * ToMathNet(e);
        return Math.Sqrt(scaled.Svd(computeVectors: false).S.Skip(rank).Sum(sigma => sigma * sigma));
    }

    /// <summary>R^½ by eigenvalues.</summary>
    public static MathNet.Numerics.LinearAlgebra.Matrix<double> SquareRoot(Matrix r)
    {
        var eigen = ToMathNet(r).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var roots = eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 0)));
        return eigen.EigenVectors * MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfDiagonalVector(roots) * eigen.EigenVectors.Transpose();
    }
}
