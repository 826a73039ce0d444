using Pith.Compress.Ratio;
using Pith.Compress.Ratio.Law;

namespace Pith.Compress.Tests.Ratio.Law;

public sealed class MaximumRatioTests
{
    // Δppl of 1, 2, 6 and 4 % at 0.25, 0.5, 0.75 and 1.
    private static readonly LawPoint[] Curve =
        [.. new[] { 1.0, 2.0, 6.0, 4.0 }.Select((percent, i) => Point((i + 1) / 4.0, percent))];

    [Theory]
    [InlineData(0.5, 0.125, false)] // half-way to the first point
    [InlineData(1, 0.25, false)]
    [InlineData(3, 0.5625, false)] // a quarter of the way from 2 to 6 %
    [InlineData(5, 0.6875, false)] // the way back below the budget does not count
    [InlineData(6.5, 1, true)]
    public void Of_Budget_IsReadOffTheLine(double percent, double ratio, bool isSaturated)
    {
        var found = MaximumRatio.Of(Curve, percent / 100);
        Assert.Equal(ratio, found.Ratio, 1e-9);
        Assert.Equal(isSaturated, found.IsSaturated);
    }

    private static LawPoint Point(double ratio, double percent) =>
        new("m", 1000, Granularity.Matmul, 16, ratio, ratio, Math.Log(1 + (percent / 100)));
}
