using Pith.Studies.Samplers;

namespace Pith.Studies.Tests.Samplers;

public sealed class TrialRandomTests
{
    // 100,000 draws of a uniform number: the mean has a standard error of 0.0009, of a normal one 0.0032; five of them.
    [Fact]
    public void Numbers_OfManyTrials_HaveTheirMeanAndVariance()
    {
        var numbers = Enumerable.Range(0, 1000).Select(trial => new TrialRandom(1, trial)).SelectMany(random => Enumerable.Range(0, 100).Select(_ => random.Next())).ToList();
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1e-16));
        Assert.Equal(0.5, numbers.Average(), 0.0045);
        Assert.Equal(1 / 12.0, numbers.Average(number => (number - 0.5) * (number - 0.5)), 0.0015);

        var normal = new TrialRandom(2, 0);
        var normals = Enumerable.Range(0, 100_000).Select(_ => normal.Normal()).ToList();
        Assert.Equal(0, normals.Average(), 0.016);
        Assert.Equal(1, normals.Average(number => number * number), 0.023);
    }

    [Fact]
    public void Below_EveryValue_IsEquallyLikely()
    {
        var random = new TrialRandom(3, 0);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[random.Below(7)]++;

        // Standard deviation of a count: 93.
        Assert.All(counts, count => Assert.InRange(count, 9_530, 10_470));
    }

    [Fact]
    public void Numbers_OfAnotherSeedOrTrial_AreOthers()
    {
        var first = new TrialRandom(1, 1).Next();
        Assert.Equal(first, new TrialRandom(1, 1).Next());
        Assert.NotEqual(first, new TrialRandom(1, 2).Next());
        Assert.NotEqual(first, new TrialRandom(2, 1).Next());
        Assert.NotEqual(first, new TrialRandom(2, 0).Next());
    }
}
