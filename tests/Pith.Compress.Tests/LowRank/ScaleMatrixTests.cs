using CsCheck;
using Pith.Compress.LowRank;
using Pith.Core.Diagnostics;
using Pith.Kernels.Algebra;
using Pith.Kernels;

namespace Pith.Compress.Tests.LowRank;

public sealed class ScaleMatrixTests
{
    // Hand-worked: ā = (2, 0.5, 0 → 10^-4), √(min·max) = √(2·10^-4).
    [Fact]
    public void OfLargestMeans_Numbers_FollowThePaper()
    {
        var s = Diagonal(ScaleMatrix.OfLargestMeans([2, 0.5, 0]));
        var middle = Math.Sqrt(2e-4);
        Assert.Equal([2 / middle, 0.5 / middle, 1e-4 / middle], s, (x, y) => Math.Abs(x - y) <= 1e-12 * Math.Abs(x));
    }

    [Fact]
    public void OfLargestMeans_AllInputsScaled_StaysTheSame() => Gen.Double[0.01, 10].Array[1, 30].Select(Gen.Double[0.5, 100]).Sample((means, factor) =>
    {
        var (s, scaled) = (Diagonal(ScaleMatrix.OfLargestMeans(means)), Diagonal(ScaleMatrix.OfLargestMeans(Array.ConvertAll(means, x => x * factor))));
        for (var i = 0; i < s.Length; i++)
            Assert.Equal(s[i], scaled[i], 1e-12 * s[i]);
    });

    [Fact]
    public void OfMeanSquares_Numbers_AreRoots() => Assert.Equal([2, 3, 0.5], Diagonal(ScaleMatrix.OfMeanSquares([4, 9, 0.25])));

    [Fact]
    public void OfMeanSquares_SilentInput_CountsAMillionthOfTheMean() =>
        Assert.Equal(Math.Sqrt(1e-6 * 4), Diagonal(ScaleMatrix.OfMeanSquares([8, 0]))[1], 1e-15);

    [Theory]
    [InlineData(20, 100)]
    [InlineData(150, 400)]
    [InlineData(90, 30)]
    public void OfSecondMoment_TransposedTimesItself_IsR(int inputs, int tokens)
    {
        var x = Problems.Inputs(tokens, inputs, 1);
        var r = Problems.SecondMoment(x);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        var unit = new Matrix(inputs, inputs);
        for (var i = 0; i < inputs; i++)
            unit[i, i] = 1;
        var f = scale.Multiply(unit, Problems.Two, default);
        var product = MatrixProduct.Of(f.View.Transposed, f.View, Problems.Two);
        for (var i = 0; i < inputs; i++)
            r[i, i] += scale.Regularization;
        for (var i = 0; i < r.Values.Length; i++)
            product.Values[i] -= r.Values[i];
        Assert.True(Problems.Norm(product) <= 1e-13 * inputs * Problems.Norm(r));
        scale.Solve(f, Problems.Two, default);
        for (var i = 0; i < inputs; i++)
            f[i, i] -= 1;
        Assert.True(Problems.Norm(f) <= 1e-6);
    }

    // R with an eigenvalue a little below zero, as rounding leaves it: ε grows until it is outweighed.
    [Fact]
    public void OfSecondMoment_NotQuiteDefinite_TakesALargerRegularization()
    {
        var r = new Matrix([1, 1 + 1e-4, 1 + 1e-4, 1], 2, 2);
        var scale = ScaleMatrix.OfSecondMoment(r, Problems.Two);
        Assert.Equal(1e-3, scale.Regularization, 1e-12);
    }

    [Fact]
    public void Multiply_ByTheExactScale_HasTheTraceAsSquaredNorm()
    {
        var x = Problems.Inputs(100, 30, 2);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        var d = GaussianMatrix.Of(1100, 30, 3);
        var r = Problems.SecondMoment(x);
        var expected = AlgebraReference.Multiply(AlgebraReference.Multiply(d.View, r.View).View, d.View.Transposed);
        var trace = Enumerable.Range(0, d.Rows).Sum(i => expected[i, i]) + (scale.Regularization * d.Values.Sum(v => v * v));
        Assert.Equal(trace, scale.Multiply(d.View.Transposed.ToMatrix(), Problems.Two, default).Values.Sum(v => v * v), 1e-12 * trace);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void Statistics_OutOfRange_AreRefused(double value)
    {
        foreach (var make in new Action[]
        {
            () => ScaleMatrix.OfMeanSquares([1, value]),
            () => ScaleMatrix.OfLargestMeans([1, value]),
            () => ScaleMatrix.OfSecondMoment(new Matrix([1, 0, 0, value], 2, 2), Workers.Single),
        })
        {
            Assert.Same(CompressErrors.BadStatistics, Assert.Throws<PithException>(make).Error);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(5)]
    public void OfSecondMoment_NoSecondMoment_IsRefused(double offDiagonal) => Assert.Same(
        CompressErrors.BadStatistics,
        Assert.Throws<PithException>(() => ScaleMatrix.OfSecondMoment(new Matrix([1, offDiagonal, offDiagonal, 1], 2, 2), Workers.Single)).Error);

    [Fact]
    public void Shapes_ThatAreNone_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => ScaleMatrix.OfSecondMoment(new Matrix(2, 3), Workers.Single));
        Assert.Throws<ArgumentException>(() => ScaleMatrix.OfMeanSquares([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ScaleMatrix.Identity(0));
    }

    private static double[] Diagonal(ScaleMatrix scale)
    {
        var ones = new Matrix(Enumerable.Repeat(1.0, scale.Inputs).ToArray(), scale.Inputs, 1);
        return scale.Multiply(ones, Workers.Single, default).Values;
    }
}
