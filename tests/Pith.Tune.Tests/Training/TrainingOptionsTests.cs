namespace Pith.Tune.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void RateAt_WholeRun_RisesThenFallsToTheFinalShare()
    {
        var options = Toys.Options(1000) with { LearningRate = 1, WarmupShare = 0.1, FinalRateShare = 0.1 };
        Assert.Equal(1000, options.Steps);
        Assert.Equal(0.01, options.RateAt(0), 1e-12);
        Assert.Equal(0.5, options.RateAt(49), 1e-12);
        Assert.Equal(1, options.RateAt(99), 1e-12);
        Assert.Equal(1, options.RateAt(100), 1e-12);
        // Half way down the cosine: the mean of 1 and 0.1.
        Assert.Equal(0.55, options.RateAt(550), 1e-12);
        Assert.InRange(options.RateAt(999), 0.1, 0.1001);
        for (var step = 101; step < 1000; step++) Assert.True(options.RateAt(step) < options.RateAt(step - 1));
    }

    [Fact]
    public void Steps_PartOfABatch_RoundsUp() => Assert.Equal(2, (Toys.Options(1) with { Tokens = Toys.Options(1).BatchTokens + 1 }).Steps);

    [Fact]
    public void Validate_MicroBatchThatDoesNotDivide_Throws() =>
        Assert.Throws<ArgumentException>(() => (Toys.Options() with { MicroBatchBlocks = 3 }).Validate());
}
