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
