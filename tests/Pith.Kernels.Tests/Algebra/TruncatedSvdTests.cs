using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class TruncatedSvdTests
{
    private static readonly TruncatedSvdOptions s_thorough = new() { Rank = 8, MaxRounds = 60, Tolerance = 1e-12 };

    [Fact]
    public void Of_SmallMatrix_IsTheDecomposition() => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[0, 1_000_000]).Sample(
        (rows, columns, seed) =>
        {
            var a = Samples.Normal(rows, columns, seed);
            var svd = Decompose(a, new TruncatedSvdOptions { Rank = 5 });
            var expected = Samples.ToMathNet(a).Svd(computeVectors: false).S;
            Assert.Equal(Math.Min(5, Math.Min(rows, columns)), svd.Sigma.Length);
            for (var i = 0; i < svd.Sigma.Length; i++)
                Assert.Equal(expected[i], svd.Sigma[i], 1e-12 * expected[0]);
            Assert.Equal(0, svd.Excess);
        },
        iter: 30);

    // White noise: the flattest spectrum there is, where plain power steps need hundreds.
    [Theory]
    [InlineData(200, 150)]
    [InlineData(150, 220)]
    public void Of_FlatSpectrum_FindsTheOptimum(int rows, int columns)
    {
        var a = Samples.Normal(rows, columns, 1);
        var svd = Decompose(a, s_thorough);
        Assert.True(svd.HasConverged);
        AssertOptimal(a, svd, 1e-9);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Of_SteepSpectrum_FindsTheOptimum(double ratio)
    {
        var sigma = Enumerable.Range(0, 140).Select(i => Math.Pow(ratio, i)).ToArray();
        var a = Samples.WithSpectrum(160, 140, sigma, 2);
        var svd = Decompose(a, s_thorough);
        AssertOptimal(a, svd, 1e-9);
        for (var i = 0; i < 8; i++)
            Assert.Equal(sigma[i], svd.Sigma[i], 1e-13);
    }

    [Fact]
    public void Of_FewRounds_SaysThatItHasNotConverged()
    {
        var a = Samples.Normal(300, 300, 3);
        var svd = Decompose(a, new TruncatedSvdOptions { Rank = 8, MinRounds = 1, MaxRounds = 1, Tolerance = 1e-9 });
        Assert.False(svd.HasConverged);
        Assert.Equal(1, svd.Rounds);
        Assert.True(svd.Excess > 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Of_RankBelowTheOneAskedFor_LeavesNothing(int rank)
    {
        var a = rank == 0 ? new Matrix(200, 150) : Samples.WithSpectrum(200, 150, [3, 2, 1], 4);
        var svd = Decompose(a, s_thorough);
        Assert.Equal(8, svd.Sigma.Length);
        Assert.All(svd.Sigma[rank..], sigma => Assert.True(sigma <= 1e-13));
        Assert.True(svd.Residual <= 1e-13);
        Assert.True(Samples.DistanceFromOrthonormal(svd.U) <= 1e-12);
        Assert.True(Samples.Distance(Product(svd), a) <= 1e-13 * 4);
    }

    [Fact]
    public void Of_Vectors_GiveTheResidualOfTheTraceIdentity()
    {
        var a = Samples.Normal(150, 170, 5);
        var svd = Decompose(a, new TruncatedSvdOptions { Rank = 11 });
        var residual = Samples.Distance(a, Product(svd));
        Assert.Equal(residual * residual, svd.Residual, 1e-10 * svd.Residual);
    }

    [Fact]
    public void Of_SameSeed_GivesTheSameBitsOnAnyThreads()
    {
        var a = Samples.Normal(200, 300, 6);
        var options = new TruncatedSvdOptions { Rank = 10, Seed = 5 };
        var one = TruncatedSvd.Of(new MatrixMap(a.View), Square(a), options, Workers.Single);
        var five = TruncatedSvd.Of(new MatrixMap(a.View), Square(a), options, new Workers(5));
        Assert.Equal(one.U.Values, five.U.Values);
        Assert.Equal(one.V.Values, five.V.Values);
        Assert.Equal(one.Sigma, five.Sigma);
        var other = TruncatedSvd.Of(new MatrixMap(a.View), Square(a), options with { Seed = 6 }, Workers.Single);
        Assert.NotEqual(one.Sigma, other.Sigma);
    }

    [Fact]
    public void Of_BadArguments_AreRefused()
    {
        var map = new MatrixMap(new Matrix(2, 2).View);
        Assert.Throws<ArgumentOutOfRangeException>(() => TruncatedSvd.Of(map, 0, new TruncatedSvdOptions { Rank = 0 }, Workers.Single));
        Assert.Throws<ArgumentException>(() => TruncatedSvd.Of(map, -1, s_thorough, Workers.Single));
        Assert.Throws<ArgumentException>(() => TruncatedSvd.Of(map, double.NaN, s_thorough, Workers.Single));
        Assert.Throws<ArgumentException>(() => TruncatedSvd.Of(new MatrixMap(new Matrix(0, 2).View), 0, s_thorough, Workers.Single));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => TruncatedSvd.Of(map, 0, new TruncatedSvdOptions { Rank = 1, MinRounds = 3, MaxRounds = 2 }, Workers.Single));
    }

    // The residual of the best approximation of a rank is the sum of the other squared singular values (Eckart and Young).
    private static void AssertOptimal(Matrix a, TruncatedSvd svd, double tolerance)
    {
        var least = Samples.ToMathNet(a).Svd(computeVectors: false).S.Skip(svd.Sigma.Length).Sum(sigma => sigma * sigma);
        var residual = Samples.Distance(a, Product(svd));
        Assert.Equal(least, residual * residual, (tolerance * least) + (1e-13 * Square(a)));
        Assert.True(Samples.DistanceFromOrthonormal(svd.U) <= 1e-12);
        Assert.True(Samples.DistanceFromOrthonormal(svd.V) <= 1e-12);
    }

    private static TruncatedSvd Decompose(Matrix a, TruncatedSvdOptions options) =>
        TruncatedSvd.Of(new MatrixMap(a.View), Square(a), options, new Workers(2));

    private static double Square(Matrix a) => a.Values.Sum(x => x * x);

    private static Matrix Product(TruncatedSvd svd)
    {
        var scaled = svd.U.View.ToMatrix();
        for (var i = 0; i < scaled.Rows; i++)
        {
            for (var j = 0; j < scaled.Columns; j++)
                scaled[i, j] *= svd.Sigma[j];
        }

        return AlgebraReference.Multiply(scaled.View, svd.V.View.Transposed);
    }
}
