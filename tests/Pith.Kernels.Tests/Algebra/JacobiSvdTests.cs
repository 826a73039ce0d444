using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class JacobiSvdTests
{
    [Fact]
    public void Of_AnyShape_IsTheDecomposition() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 1_000_000]).Sample(
        (rows, columns, seed) =>
        {
            var a = Samples.Normal(Math.Max(rows, columns), Math.Min(rows, columns), seed);
            var svd = JacobiSvd.Of(a.View);
            var product = svd.U.View.ToMatrix();
            for (var i = 0; i < a.Rows; i++)
            {
                for (var j = 0; j < a.Columns; j++)
                    product[i, j] *= svd.Sigma[j];
            }

            // Each sweep turns every column some n times, each turn errs by a few u: 10 sweeps.
            var bound = 60 * a.Columns * Samples.Unit;
            Assert.True(Samples.Distance(AlgebraReference.Multiply(product.View, svd.V.View.Transposed), a) <= bound * Samples.Norm(a));
            Assert.True(Samples.DistanceFromOrthonormal(svd.V) <= bound * a.Columns);
            Assert.Equal(svd.Sigma.OrderDescending(), svd.Sigma);
        },
        iter: 50);

    [Fact]
    public void Of_Matrix_HasTheSingularValuesOfAnotherLibrary()
    {
        var a = Samples.Normal(60, 35, 1);
        var expected = Samples.ToMathNet(a).Svd(computeVectors: false).S;
        var sigma = JacobiSvd.Of(a.View).Sigma;
        for (var i = 0; i < sigma.Length; i++)
            Assert.Equal(expected[i], sigma[i], 1e-12 * expected[0]);
    }

    // Hand-worked: the columns of [[1, 1], [ε, 0], [0, ε]] have singular values √(2 + ε²) and ε; squares in a Gram matrix would lose ε.
    [Fact]
    public void Of_SmallSingularValue_KeepsItsDigits()
    {
        const double e = 1e-9;
        var a = new Matrix([1, 1, e, 0, 0, e], 3, 2);
        var sigma = JacobiSvd.Of(a.View).Sigma;
        Assert.Equal(Math.Sqrt(2 + (e * e)), sigma[0], 1e-15);
        Assert.Equal(e, sigma[1], 1e-15 * 1e-3);
    }

    [Fact]
    public void Of_RankDeficient_HasZeroVectorsForZeroValues()
    {
        var svd = JacobiSvd.Of(new Matrix([1, 0, 2, 0, 3, 0], 3, 2).View);
        Assert.Equal(Math.Sqrt(14), svd.Sigma[0], 1e-15);
        Assert.Equal(0, svd.Sigma[1]);
        Assert.Equal([0, 0, 0], new[] { svd.U[0, 1], svd.U[1, 1], svd.U[2, 1] });
    }

    [Fact]
    public void Of_MoreColumnsThanRows_IsRefused() => Assert.Throws<ArgumentException>(() => JacobiSvd.Of(new Matrix(2, 3).View));
}
