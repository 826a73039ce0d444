using Pith.Compress.Ratio.Law;
using Pith.Studies.Samplers;

namespace Pith.Compress.Tests.Ratio.Law;

public sealed class RatioSearchTests
{
    // Damage adds up: the best allocation of a ratio is known.
    private static readonly double[] Damages = [5, 1, 4, 2, 3, 6, 0.5, 7];

    [Fact]
    public void Sensitivity_AdditiveDamage_TakesTheCheapestUnits()
    {
        var problem = Problem();
        var low = new SensitivityRatioSearch().Find(problem, 0.5, new TrialRandom(1, 0), CancellationToken.None);
        Assert.Equal([1, 3, 4, 6], Enumerable.Range(0, 8).Where(unit => low[unit]));
        Assert.Equal(0.5, problem.RatioOf(low));
        Assert.Equal(Damages.Length, problem.Evaluations);

        // For all ratios together.
        Assert.Equal([6], Enumerable.Range(0, 8).Where(unit => new SensitivityRatioSearch().Find(problem, 0.1, new TrialRandom(1, 0), CancellationToken.None)[unit]));
        Assert.Equal(Damages.Length, problem.Evaluations);
    }

    [Fact]
    public void Random_FiftyOf70_IsAmongTheBestAndHasTheRatio()
    {
        var problem = Problem();
        var low = new RandomRatioSearch(50).Find(problem, 0.5, new TrialRandom(1, 0), CancellationToken.None);
        Assert.Equal(0.5, problem.RatioOf(low));

        // 50 draws miss the ten best of 70 with probability (6/7)^50 = 4.5e-4; the tenth best has a damage of 9.5.
        Assert.InRange(Damages.Where((_, unit) => low[unit]).Sum(), 6.5, 9.5);
        Assert.InRange(problem.Evaluations, 30, 50);
    }

    [Fact]
    public void Ratio_OfUnequalUnits_ComesNearest()
    {
        var problem = new RatioProblem([10, 20, 30, 40], (_, _, _) => 0);
        foreach (var (wanted, got) in new[] { (0.0, 0.0), (0.04, 0.0), (0.1, 0.1), (0.6, 0.6), (1.0, 1.0) })
            Assert.Equal(got, problem.RatioOf(new SensitivityRatioSearch().Find(problem, wanted, new TrialRandom(1, 0), CancellationToken.None)), 1e-12);
    }

    private static RatioProblem Problem() =>
        new([.. Damages.Select(_ => 100L)], (low, _, _) => Damages.Where((_, unit) => low[unit]).Sum());
}
