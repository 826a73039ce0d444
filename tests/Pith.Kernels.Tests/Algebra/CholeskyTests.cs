using CsCheck;
using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class CholeskyTests
{
    private static readonly Gen<(int N, int Seed)> s_sizes = Gen.Select(Gen.Int[1, 200], Gen.Int[0, 1_000_000]);

    [Fact]
    public void TryFactor_PositiveDefinite_TimesItsTransposeIsR() => s_sizes.Sample(
        size =>
        {
            var r = Samples.Gram(size.N, size.N + 20, size.Seed);
            var l = Factored(r, new Workers(2));

            // Componentwise |R − LLᵀ| ≤ γ_{n+1}·|L||Lᵀ| (Higham, theorem 10.3); ‖ |L||Lᵀ| ‖ ≤ trace R.
            var trace = Enumerable.Range(0, size.N).Sum(i => r[i, i]);
            Assert.True(Samples.Distance(AlgebraReference.Multiply(l.View, l.View.Transposed), r) <= 2 * (size.N + 2) * Samples.Unit * trace);
        },
        iter: 20);

    [Fact]
    public void TryFactor_AgainstTheReference_IsTheSameToRounding()
    {
        var r = Samples.Gram(150, 400, 3);
        var expected = AlgebraReference.Cholesky(r.View)!;
        var l = Factored(r, Workers.Single);

        // R is well conditioned (eigenvalues of a 150/400 Wishart matrix within [0.15, 2.6]): the factor moves by about n·u·κ.
        Assert.True(Samples.Distance(l, expected) <= 150 * 20 * Samples.Unit * Samples.Norm(expected));
    }

    [Fact]
    public void TryFactor_UpperPart_IsLeftAlone()
    {
        var r = Samples.Gram(130, 200, 4);
        var before = r.View.ToMatrix();
        Assert.True(Cholesky.TryFactor(r.View, Workers.Single));
        for (var i = 0; i < 130; i++)
        {
            for (var j = i + 1; j < 130; j++)
                Assert.Equal(before[i, j], r[i, j]);
        }
    }

    [Fact]
    public void TryFactor_ReversedView_GivesTheUpperFactor()
    {
        var r = Samples.Gram(100, 150, 5);
        var u = r.View.ToMatrix();
        Assert.True(Cholesky.TryFactor(u.View.Reversed, Workers.Single));
        for (var i = 0; i < 100; i++)
            u.Row(i)[..i].Clear();
        Assert.True(Samples.Distance(AlgebraReference.Multiply(u.View, u.View.Transposed), r) <= 1e-12 * Samples.Norm(r));
    }

    [Fact]
    public void TryFactor_ManyThreads_GivesTheSameBitsAsOne()
    {
        var r = Samples.Gram(333, 400, 6);
        Assert.Equal(Factored(r, Workers.Single).Values, Factored(r, new Workers(5)).Values);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(200, 150)]
    public void TryFactor_NegativeEigenvalue_SaysNo(int n, int spoilt)
    {
        var r = Samples.Gram(n, n + 10, 7);
        r[spoilt, spoilt] = -1;
        Assert.False(Cholesky.TryFactor(r.View, Workers.Single));
        Assert.Null(AlgebraReference.Cholesky(r.View));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void TryFactor_NotFinite_SaysNo(double value)
    {
        var r = Samples.Gram(90, 100, 8);
        r[70, 70] = value;
        Assert.False(Cholesky.TryFactor(r.View, Workers.Single));
    }

    [Fact]
    public void TryFactor_NotSquare_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Cholesky.TryFactor(new Matrix(2, 3).View, Workers.Single));

    internal static Matrix Factored(Matrix r, Workers workers)
    {
        var l = r.View.ToMatrix();
        Assert.True(Cholesky.TryFactor(l.View, workers));
        for (var i = 0; i < l.Rows; i++)
            l.Row(i)[(i + 1)..].Clear();
        return l;
    }
}
