using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class SingleMatrixTests
{
    private const double HalfStep = 1.0 / (1 << 24);

    // Sizes around tiles of 4 and 24 and blocks of 128 and 256.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 256, 24)]
    [InlineData(131, 257, 25)]
    [InlineData(258, 130, 48)]
    [InlineData(7, 700, 5)]
    public void Multiply_AnySize_IsThePlainProduct(int rows, int columns, int width)
    {
        var s = Sample(rows, columns, 1, out var exact);
        AssertProduct(exact.View, Samples.Normal(columns, width, 2), s.Multiply);
        AssertProduct(exact.View.Transposed, Samples.Normal(rows, width, 3), s.MultiplyTransposed);
    }

    [Fact]
    public void Multiply_AnyThreads_GivesTheSameBits()
    {
        var s = Sample(300, 520, 4, out _);
        var (x, y) = (Samples.Normal(520, 30, 5), Samples.Normal(300, 30, 6));
        Assert.Equal(s.Multiply(x, Workers.Single, default).Values, s.Multiply(x, new Workers(3), default).Values);
        Assert.Equal(s.MultiplyTransposed(y, Workers.Single, default).Values, s.MultiplyTransposed(y, new Workers(3), default).Values);
    }

    // Neither size is a single number.
    [Theory]
    [InlineData(1e60)]
    [InlineData(1e-60)]
    public void Multiply_ThinMatrixAndUnitOfAnySize_ScalesWithThem(double size)
    {
        var s = Sample(50, 40, 7, out _);
        var x = Samples.Normal(40, 10, 8);
        var plain = s.Multiply(x, Workers.Single, default);
        var (large, unit) = (new Matrix(Array.ConvertAll(x.Values, v => v * size), 40, 10), 1 / size / size);
        var scaled = new SingleMatrix(s.Values, 50, 40) { Unit = unit }.Multiply(large, Workers.Single, default);
        for (var i = 0; i < plain.Values.Length; i++)
            Assert.Equal(plain.Values[i], scaled.Values[i] * size, 1e-5);
    }

    [Fact]
    public void Multiply_Zero_IsZero() =>
        Assert.All(Sample(5, 6, 9, out _).Multiply(new Matrix(6, 2), Workers.Single, default).Values, value => Assert.Equal(0, value));

    [Fact]
    public void Multiply_ShapesThatDoNotFit_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Sample(5, 6, 9, out _).Multiply(new Matrix(5, 2), Workers.Single, default));

    [Fact]
    public void SquaredNorm_AnyLength_IsThePlainSum()
    {
        foreach (var columns in new[] { 1, 7, 8, 100 })
        {
            var s = Sample(11, columns, columns, out var exact);
            s.Unit = 3;
            var expected = 9 * exact.Values.Sum(x => x * x);
            Assert.Equal(expected, s.SquaredNorm(new Workers(2)), 1e-13 * expected);
        }
    }

    [Fact]
    public void New_AnotherLength_IsRefused() => Assert.Throws<ArgumentException>(() => new SingleMatrix(new float[5], 2, 3));

    private static void AssertProduct(MatrixView exact, Matrix x, Func<Matrix, Workers, CancellationToken, Matrix> multiply)
    {
        var (expected, found) = (AlgebraReference.Multiply(exact, x.View), multiply(x, new Workers(2), default));
        for (var i = 0; i < found.Values.Length; i++)
            found.Values[i] -= expected.Values[i];

        // Chains of at most 256 additions, X narrowed before: each step errs by half a step of what has been summed.
        var bound = 258 * HalfStep * Samples.Norm(exact.ToMatrix()) * Samples.Norm(x);
        Assert.True(Samples.Norm(found) <= bound, $"{Samples.Norm(found)} above {bound}");
    }

    private static SingleMatrix Sample(int rows, int columns, int seed, out Matrix exact)
    {
        var values = Array.ConvertAll(Samples.Normal(rows, columns, seed).Values, x => (float)x);
        exact = new Matrix(Array.ConvertAll(values, x => (double)x), rows, columns);
        return new SingleMatrix(values, rows, columns);
    }
}
