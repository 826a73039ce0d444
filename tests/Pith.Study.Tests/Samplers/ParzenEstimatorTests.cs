using System.Collections.Immutable;
using CsCheck;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;

namespace Pith.Studies.Tests.Samplers;

public sealed class ParzenEstimatorTests
{
    private static readonly Gen<(ulong Seed, int Trials)> AnyTrials = Gen.Select(Gen.ULong, Gen.Int[0, 30]);

    // Two trials on choice 0 of three and one on choice 2, by hand: s = 1/4, T = 7/4, on the center 5/7, elsewhere 1/7.
    [Fact]
    public void Density_ThreeTrialsOfOneChoice_IsTheHandWorkedMixture()
    {
        var space = Toys.Choices(1, "a", "b", "c");
        var estimator = new ParzenEstimator(space, [0], [[0], [0], [2]], null, ..);
        double[] expected = [((1 / 3.0) + (11 / 7.0)) / 4, ((1 / 3.0) + (3 / 7.0)) / 4, ((1 / 3.0) + (7 / 7.0)) / 4];
        for (var choice = 0; choice < 3; choice++)
            Assert.Equal(expected[choice], Density(estimator, choice), 1e-12);
    }

    // One component a trial, each with the same weight, as the definition reads.
    [Fact]
    public void Density_OfAGroup_IsTheMeanOfTheProductsOfKernels() => AnyTrials.Sample(any =>
    {
        var space = Toys.MixedSpace;
        var trials = Trials(space, any);
        Kernel[] kernels = [Kernel.Of(space.Parameters[0], any.Trials, 2), Kernel.Of(space.Parameters[1], any.Trials, 2)];
        var estimator = new ParzenEstimator(space, [0, 1], trials, null, ..);
        for (var a = 0; a < 3; a++)
        {
            for (var b = 0; b < 2; b++)
            {
                var sum = trials.Sum(trial => Around(kernels[0], a, trial[0]) * Around(kernels[1], b, trial[1]));
                Assert.Equal((sum + (1 / 6.0)) / (any.Trials + 1), Density(estimator, a, b), 1e-12);
            }
        }
    });

    [Fact]
    public void Density_OfSomeTrials_IsThatOfThemAlone() => Gen.Select(AnyTrials, Gen.Int[0, 30], Gen.Int[0, 30]).Sample((any, a, b) =>
    {
        var space = Toys.MixedSpace;
        var trials = Trials(space, any);
        var some = Math.Min(Math.Min(a, b), any.Trials)..Math.Min(Math.Max(a, b), any.Trials);
        foreach (var values in new double[][] { [0, 1], [1, 64] })
            Assert.Equal(new ParzenEstimator(space, [1, 2], trials[some], null, ..).LogDensity(values), new ParzenEstimator(space, [1, 2], trials, null, some).LogDensity(values));
    });

    // Summed over the choices and integrated over the numbers by the midpoint rule: 1. The normal distribution is good to 7.5e-8, the rule on
    // 4,000 cells of a function with second derivatives up to (range / 0.01 range)^3 to 1e-3.
    [Fact]
    public void Density_OverTheWholeSpace_SumsToOne() => AnyTrials.Sample(
        any =>
        {
            var space = Toys.MixedSpace;
            var trials = Trials(space, any);
            var pair = new ParzenEstimator(space, [1, 2], trials, null, ..);
            var sum = Enumerable.Range(0, 2).Sum(b => Enumerable.Range(1, 64).Sum(c => Density(pair, b, c)));
            Assert.Equal(1, sum, 1e-5);

            const int Cells = 4000;
            var number = new ParzenEstimator(space, [3], trials, null, ..);
            Assert.Equal(1, Enumerable.Range(0, Cells).Sum(i => Density(number, -1 + ((i + 0.5) * 2 / Cells)) * 2 / Cells), 1e-3);
        },
        iter: 20);

    // 20,000 draws: a share has a standard error of at most 0.0036, five of which are 0.018.
    [Fact]
    public void Draw_ManyTimes_FollowsTheDensity()
    {
        const int Draws = 20_000;
        var space = Toys.MixedSpace;
        var estimator = new ParzenEstimator(space, [1, 2], Trials(space, (7, 5)), null, ..);
        var random = new TrialRandom(3, 0);
        var drawn = Enumerable.Range(0, Draws).Select(_ => estimator.Draw(random)).ToList();
        foreach (var (low, high) in new[] { (1, 2), (3, 8), (9, 32), (33, 64) })
        {
            for (var b = 0; b < 2; b++)
            {
                var share = drawn.Count(values => values[0] == b && values[1] >= low && values[1] <= high) / (double)Draws;
                Assert.Equal(Enumerable.Range(low, high - low + 1).Sum(c => Density(estimator, b, c)), share, 0.018);
            }
        }

        Assert.All(drawn, values => Assert.True(space.Parameters[2].Contains(values[1])));
    }

    private static double Density(ParzenEstimator estimator, params double[] values) => Math.Exp(estimator.LogDensity(values));

    private static double Around(Kernel kernel, double value, double center)
    {
        double[] products = [1];
        kernel.Multiply(products, value, [kernel.CenterAt(center)]);
        return products[0];
    }

    private static ImmutableArray<double>[] Trials(SearchSpace space, (ulong Seed, int Trials) any) =>
        [.. Enumerable.Range(0, any.Trials).Select(i => space.Draw(new TrialRandom((long)(any.Seed >> 1), i)).Values)];
}
