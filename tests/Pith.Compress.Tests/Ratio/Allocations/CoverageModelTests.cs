using System.Collections.Immutable;
using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

public sealed class CoverageModelTests
{
    // Section 6 (2) of the method's acceptance tests: Kendall's τ of at least 0.95 from 2L samples.
    [Theory]
    [InlineData(28, 1)]
    [InlineData(42, 2)]
    public void Fit_CoverageGenerator_RecoversTheRanking(int units, int seed)
    {
        var random = new Random(seed);
        const double Ceiling = 2;
        var a = Enumerable.Range(0, units).Select(_ => 0.2 * Math.Pow(random.NextDouble(), 2)).ToArray();
        var problem = LowOrHigh(units);
        var choices = Samples(problem, 2 * units, random);
        var model = CoverageModel.Fit(problem, choices, [.. choices.Select(Truth)]);

        Assert.True(Tau(a, [.. model.Exponents.Select(unit => unit[0])]) >= 0.95);
        var fresh = Samples(problem, 60, random);
        Assert.True(Tau([.. fresh.Select(Truth)], [.. fresh.Select(model.Predict)]) >= 0.95);

        double Truth(ImmutableArray<int> choice) => Ceiling * (1 - choice.Select((option, unit) => option == 0 ? 1 - a[unit] : 1).Aggregate((x, y) => x * y));
    }

    [Fact]
    public void Fit_AdditiveDamages_RecoversThem()
    {
        var random = new Random(3);
        var problem = LowOrHigh(10);
        var damages = Enumerable.Range(1, 10).Select(i => 0.01 * i).ToArray();
        var choices = Samples(problem, 40, random);
        var model = CoverageModel.Fit(problem, choices, [.. choices.Select(choice => choice.Select((option, unit) => option == 0 ? damages[unit] : 0).Sum())]);

        // The additive model is the limit of an infinite c; the largest c tried is a hundred times the damage, which bends it by 1 %.
        for (var unit = 0; unit < 10; unit++)
            Assert.Equal(damages[unit], model.Ceiling * model.Exponents[unit][0], 0.02 * damages[^1]);
    }

    [Fact]
    public void Apply_Problem_ReplacesTheDamages()
    {
        var problem = LowOrHigh(4);
        ImmutableArray<int>[] choices = [[0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]];
        var applied = CoverageModel.Fit(problem, choices, [0.4, 0.3, 0.2, 0.1]).Apply(problem);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).OrderByDescending(unit => applied.Units[unit].Options[0].Damage));
        Assert.All(applied.Units, unit => Assert.Equal(0, unit.Options[1].Damage));
        Assert.Throws<ArgumentException>(() => CoverageModel.Fit(problem, choices, [0, 0, 0, 0]));
    }

    private static AllocationProblem LowOrHigh(int units) =>
        new(Enumerable.Range(0, units).Select(i => new AllocationUnit($"u{i}", [new(1, 1), new(2, 0)])));

    private static List<ImmutableArray<int>> Samples(AllocationProblem problem, int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => problem.Units.Select(unit => random.Next(unit.Options.Count)).ToImmutableArray())];

    private static double Tau(double[] x, double[] y)
    {
        var sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < i; j++)
                sum += Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j]);
        }

        return 2.0 * sum / (x.Length * (x.Length - 1));
    }
}
