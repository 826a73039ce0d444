using Pith.Compress.Ratio;
using Pith.Core.Plans;

namespace Pith.Compress.Tests.Ratio;

public sealed class RatioFrontTests
{
    [Fact]
    public void Of_SomePoints_KeepsThoseThatNothingBeatsAndTheChosen()
    {
        var chosen = Point(3, 30, 0.5);
        RatioPoint[] points = [Point(0, 10, 1), Point(1, 20, 0.4), Point(2, 25, 0.45), chosen, Point(4, 40, 0.1), Point(4, 40, 0.1)];
        Assert.Equal([0, 1, 3, 4], RatioFront.Of(points, chosen).Select(point => point.Choice[0]));
    }

    [Fact]
    public void Of_PointsOneOfWhichEqualsTheChosen_HasTheChosenItself()
    {
        var chosen = Point(1, 20, 0.4);
        var front = RatioFront.Of([Point(0, 10, 1), Point(1, 20, 0.4)], chosen);
        Assert.Equal(2, front.Count);
        Assert.Same(chosen, front[1]);
    }

    [Fact]
    public void KneeOf_Front_IsFarthestBelowTheChord()
    {
        // Scaled: (0, 1), (1/3, 0.2), (2/3, 0.1), (1, 0): sums 1, 0.53, 0.77, 1.
        RatioPoint[] front = [Point(0, 10, 1), Point(1, 20, 0.2), Point(2, 30, 0.1), Point(3, 40, 0)];
        Assert.Same(front[1], RatioFront.KneeOf(front));
        Assert.Null(RatioFront.KneeOf(front[..2]));
    }

    private static RatioPoint Point(int choice, long bytes, double kl) => new([choice], Plan.Empty, bytes, bytes, 0, kl, 1, 0);
}
