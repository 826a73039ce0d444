using Pith.Studies.Pruning;
using Pith.Studies.Trials;

namespace Pith.Studies.Tests.Pruning;

public sealed class MedianPrunerTests
{
    // At step 2 the others have 1, 2, 3, 4: median 2.5.
    private static readonly List<Trial> Others = [.. new double[] { 4, 2, 1, 3 }.Select((value, i) => Ended(i, TrialState.Done, (1, 100), (2, value)))];

    [Theory]
    [InlineData(2.4, false, true)]
    [InlineData(2.5, false, false)]
    [InlineData(2.6, true, false)]
    public void IsHopeless_AroundTheMedian_IsStrict(double value, bool whenMinimizing, bool whenMaximizing)
    {
        var pruner = new MedianPruner(startupTrials: 4);
        Assert.Equal(whenMinimizing, pruner.IsHopeless([new(2, value)], Others, Direction.Minimize));
        Assert.Equal(whenMaximizing, pruner.IsHopeless([new(2, value)], Others, Direction.Maximize));
    }

    [Fact]
    public void IsHopeless_BetterEarlier_CountsTheBest()
    {
        Assert.False(new MedianPruner(4).IsHopeless([new(1, 2), new(2, 50)], Others, Direction.Minimize));
    }

    [Fact]
    public void IsHopeless_TooFewOrTooEarly_IsNever()
    {
        Assert.False(new MedianPruner(startupTrials: 5).IsHopeless([new(2, 50)], Others, Direction.Minimize));
        Assert.False(new MedianPruner(startupTrials: 4, warmupSteps: 3).IsHopeless([new(2, 50)], Others, Direction.Minimize));
        Assert.False(new MedianPruner(startupTrials: 1).IsHopeless([new(3, 50)], Others, Direction.Minimize));
        var pruned = Others.Select(trial => trial with { State = TrialState.Pruned }).ToList();
        Assert.False(new MedianPruner(startupTrials: 1).IsHopeless([new(2, 50)], pruned, Direction.Minimize));
    }

    private static Trial Ended(int number, TrialState state, params (int Step, double Value)[] values) =>
        new(number, new Studies.Spaces.Assignment(Toys.Choices(1, "a"), [0]))
        {
            State = state, Intermediates = [.. values.Select(value => new IntermediateValue(value.Step, value.Value))],
        };
}
