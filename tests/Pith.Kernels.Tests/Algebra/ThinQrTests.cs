using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class ThinQrTests
{
    [Fact]
    public void Factor_AnyShape_IsOrthonormalTimesTriangular() => Gen.Select(Gen.Int[1, 120], Gen.Int[1, 50], Gen.Int[0, 1_000_000]).Sample(
        (rows, columns, seed) => AssertFactors(Samples.Normal(rows, Math.Min(rows, columns), seed)), iter: 50);

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e6)]
    [InlineData(1e9)]
    [InlineData(1e15)]
    public void Factor_IllConditioned_IsOrthonormalAllTheSame(double condition)
    {
        var sigma = Enumerable.Range(0, 20).Select(i => Math.Pow(condition, -i / 19.0)).ToArray();
        AssertFactors(Samples.WithSpectrum(150, 20, sigma, 1));
    }

    [Fact]
    public void Factor_DependentOrZeroColumns_IsOrthonormalAllTheSame()
    {
        AssertFactors(new Matrix(9, 4));
        var a = Samples.Normal(50, 6, 2);
        for (var i = 0; i < 50; i++)
            (a[i, 3], a[i, 5]) = (0, a[i, 1] * 2);
        AssertFactors(a);
    }

    [Theory]
    [InlineData(1e-120)]
    [InlineData(1e120)]
    public void Factor_TinyOrHuge_IsOrthonormal(double size)
    {
        var a = Samples.Normal(40, 8, 3);
        for (var i = 0; i < a.Values.Length; i++)
            a.Values[i] *= size;
        AssertFactors(a);
    }

    [Fact]
    public void Factor_ManyThreads_GivesTheSameBitsAsOne()
    {
        var (one, five) = (Samples.Normal(900, 48, 4), Samples.Normal(900, 48, 4));
        Assert.Equal(ThinQr.Factor(one, Workers.Single).Values, ThinQr.Factor(five, new Workers(5)).Values);
        Assert.Equal(one.Values, five.Values);
    }

    [Fact]
    public void Factor_MoreColumnsThanRows_IsRefused() => Assert.Throws<ArgumentException>(() => ThinQr.Factor(new Matrix(3, 4), Workers.Single));

    // Householder and Cholesky-QR2: both residuals within a small multiple of columns·√rows·u (Higham, theorem 19.4; Yamamoto et al., section 3).
    private static void AssertFactors(Matrix a)
    {
        var q = a.View.ToMatrix();
        var r = ThinQr.Factor(q, new Workers(2));
        var bound = 20 * a.Columns * Math.Sqrt(a.Rows) * Samples.Unit;
        Assert.True(Samples.DistanceFromOrthonormal(q) <= bound);
        Assert.True(Samples.Distance(AlgebraReference.Multiply(q.View, r.View), a) <= bound * Samples.Norm(a));
        for (var i = 0; i < r.Rows; i++)
            Assert.All(r.Row(i)[..i].ToArray(), below => Assert.Equal(0, below));
    }
}
