using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class TriangularProductTests
{
    // Sizes around blocks of 256 columns, 96 rows and 1024 steps.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 7)]
    [InlineData(128, 96)]
    [InlineData(300, 100)]
    [InlineData(1200, 5)]
    public void Overwrite_AnySize_IsThePlainProduct(int n, int rows)
    {
        var (e, factor) = Problem(n, rows);
        var expected = AlgebraReference.Multiply(Widened(e).View, Lower(factor).View);
        var bound = 1e-6 * Samples.Norm(Widened(e)) * Samples.Norm(Lower(factor)) / Math.Sqrt(n);
        TriangularProduct.Overwrite(e, factor, new Workers(2));
        var found = Widened(e);
        for (var i = 0; i < found.Values.Length; i++)
            found.Values[i] -= expected.Values[i];

        // Errors of products go up and down: 10^-6 is 16 half steps for each of the n terms' root.
        Assert.True(Samples.Norm(found) <= bound, $"{Samples.Norm(found)} above {bound}");
    }

    [Fact]
    public void Overwrite_AnyThreads_GivesTheSameBits()
    {
        var (one, factor) = Problem(300, 200);
        var (three, _) = Problem(300, 200);
        TriangularProduct.Overwrite(one, factor, Workers.Single);
        TriangularProduct.Overwrite(three, factor, new Workers(3));
        Assert.Equal(one.Values, three.Values);
        Assert.Equal(one.Unit, three.Unit);
    }

    // Far from the size 1 on both sides of binary32.
    [Theory]
    [InlineData(1e60)]
    [InlineData(1e-60)]
    public void Overwrite_FactorOfAnySize_ScalesWithIt(double size)
    {
        var (plain, factor) = Problem(200, 50);
        var (scaled, large) = Problem(200, 50);
        for (var i = 0; i < large.Values.Length; i++)
            large.Values[i] *= size;
        TriangularProduct.Overwrite(plain, factor, Workers.Single);
        TriangularProduct.Overwrite(scaled, large, Workers.Single);
        Assert.Equal(1, scaled.SquaredNorm(Workers.Single) / (plain.SquaredNorm(Workers.Single) * size * size), 1e-6);
    }

    [Fact]
    public void Overwrite_ShapesThatDoNotFit_AreRefused() =>
        Assert.Throws<ArgumentException>(() => TriangularProduct.Overwrite(new SingleMatrix(new float[8], 2, 4), new Matrix(3, 3), Workers.Single));

    // What is above the diagonal of L is something else.
    private static (SingleMatrix E, Matrix Factor) Problem(int n, int rows)
    {
        var factor = Samples.Normal(n, n, 1);
        for (var i = 0; i < n; i++)
            factor[i, i] = 1 + Math.Abs(factor[i, i]);
        return (new SingleMatrix(Array.ConvertAll(Samples.Normal(rows, n, 2).Values, x => (float)x), rows, n), factor);
    }

    private static Matrix Lower(Matrix factor)
    {
        var lower = new Matrix(factor.Rows, factor.Rows);
        for (var i = 0; i < factor.Rows; i++)
            factor.Row(i)[..(i + 1)].CopyTo(lower.Row(i));
        return lower;
    }

    private static Matrix Widened(SingleMatrix e) => new(Array.ConvertAll(e.Values, x => x * e.Unit), e.Rows, e.Columns);
}
