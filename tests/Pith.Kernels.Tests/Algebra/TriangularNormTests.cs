using Pith.Kernels.Algebra;

namespace Pith.Kernels.Tests.Algebra;

public sealed class TriangularNormTests
{
    // 700 inputs: products in single precision. 3·10^-7 is far above what is left of their errors, far below one product's.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 7)]
    [InlineData(512, 3)]
    [InlineData(700, 1100)]
    public void Squared_AnySize_IsTheNormOfThePlainProduct(int inputs, int outputs)
    {
        var (factor, d) = Problem(inputs, outputs);
        var expected = 0.0;
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0.0;
                for (var k = i; k < inputs; k++)
                    sum += factor[k, i] * d[o, k];
                expected += sum * sum;
            }
        }

        Assert.Equal(1, TriangularNorm.Squared(factor, d, new Workers(2)) / expected, 3e-7);
        Assert.Equal(1, TriangularNorm.InDoubles(factor, d, Workers.Single, TestContext.Current.CancellationToken) / expected, 1e-12);
    }

    [Fact]
    public void Squared_AnyThreads_GivesTheSameBits()
    {
        var (factor, d) = Problem(600, 50);
        Assert.Equal(TriangularNorm.Squared(factor, d, Workers.Single), TriangularNorm.Squared(factor, d, new Workers(3)));
    }

    // Far from the size 1 on both sides of binary32.
    [Theory]
    [InlineData(1e25)]
    [InlineData(1e-25)]
    public void Squared_FactorOfAnySize_ScalesWithIt(double size)
    {
        var (factor, d) = Problem(600, 50);
        var plain = TriangularNorm.Squared(factor, d, Workers.Single);
        for (var i = 0; i < factor.Values.Length; i++)
            factor.Values[i] *= size;
        Assert.Equal(1, TriangularNorm.Squared(factor, d, Workers.Single) / (plain * size * size), 1e-6);
    }

    [Fact]
    public void Squared_ShapesThatDoNotFit_AreRefused() =>
        Assert.Throws<ArgumentException>(() => TriangularNorm.Squared(new Matrix(3, 3), new Matrix(2, 4), Workers.Single));

    // What is above the diagonal of L is something else.
    private static (Matrix Factor, Matrix D) Problem(int inputs, int outputs)
    {
        var (factor, d) = (GaussianMatrix.Of(inputs, inputs, 1), GaussianMatrix.Of(outputs, inputs, 2));
        for (var i = 0; i < inputs; i++)
            factor[i, i] = 1 + Math.Abs(factor[i, i]);
        return (factor, d);
    }
}
