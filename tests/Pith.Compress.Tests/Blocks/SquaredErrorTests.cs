using CsCheck;
using Pith.Compress.Blocks;

namespace Pith.Compress.Tests.Blocks;

public sealed class SquaredErrorTests
{
    [Fact]
    public void Of_HandWorkedRow_SumsErrorAndNorm()
    {
        // x = (3, 4, 0), x̂ = (3, 5, -2): error 0 + 1 + 4, norm 9 + 16.
        var sums = SquaredError.Of([3, 4, 0], [3, 5, -2]);
        Assert.Equal(new SquaredError(5, 25), sums);
        Assert.Equal(Math.Sqrt(5.0 / 25), sums.Relative);
    }

    // Whole numbers below 2^24: every sum is exact in binary64 in whatever order.
    [Fact]
    public void Of_AnyLength_IsTheSumOverAllElements() =>
        Gen.Select(Gen.Int[-1000, 1000].Array[0, 40], Gen.Int[-1000, 1000].Array[40], Gen.Bool).Sample((x, y, isWeighted) =>
        {
            var exact = x.Select(number => (float)number).ToArray();
            var rounded = y.Take(x.Length).Select(number => (float)number).ToArray();
            var sums = SquaredError.Of(exact, rounded, isWeighted ? [.. Enumerable.Repeat(1f, x.Length)] : []);
            Assert.Equal(new SquaredError(x.Zip(y).Sum(pair => Math.Pow(pair.First - pair.Second, 2)), x.Sum(number => (double)number * number)), sums);
        });

    [Fact]
    public void Of_Importance_WeighsColumns() =>
        Assert.Equal(new SquaredError((2 * 1) + (0.5 * 4), (7 * 9) + (2 * 16)), SquaredError.Of([3, 4, 0], [3, 5, -2], [7, 2, 0.5f]));

    [Fact]
    public void Of_LargeAndSmallNumbers_NeitherOverflowsNorVanishes()
    {
        Assert.Equal(1, SquaredError.Of([1e30f, -3e38f], [0, 0]).Relative, 1e-12);
        Assert.Equal(1, SquaredError.Of([1e-30f, 1e-44f], [0, 0]).Relative, 1e-12);
    }

    [Fact]
    public void Relative_Zeros_IsZero() => Assert.Equal(0, SquaredError.Of([0, 0], [0, 0]).Relative);

    [Fact]
    public void Relative_ZerosMadeNonZero_IsInfinite() => Assert.Equal(double.PositiveInfinity, SquaredError.Of([0], [1]).Relative);

    [Fact]
    public void Relative_NanBlock_IsNan() => Assert.True(double.IsNaN(SquaredError.Of([1, 2], [1, float.NaN]).Relative));
}
