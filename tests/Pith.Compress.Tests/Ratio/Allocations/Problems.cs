using System.Collections.Immutable;
using CsCheck;
using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

/// <summary>Allocation problems for tests.</summary>
internal static class Problems
{
    /// <summary>Small problems with any numbers: brute force can solve them.</summary>
    public static readonly Gen<AllocationProblem> Small =
        Gen.Select(Gen.Int[0, 20], Gen.Int[-3, 30]).Array[1, 4].Array[1, 5].Select(units => new AllocationProblem(
            units.Select((options, i) => new AllocationUnit($"u{i}", options.Select(option => new UnitOption(option.Item1, option.Item2))))));

    /// <summary>Weights of very different size and sensitivity; an option of b bits costs b / 8 bytes a weight and does damage in
    /// proportion to 4^-b, as a rounding error of b bits does, times a factor of its own.</summary>
    public static AllocationProblem Layered(int units, int options, int seed)
    {
        var random = new Random(seed);
        return new AllocationProblem(Enumerable.Range(0, units).Select(unit =>
        {
            var weights = random.Next(1_000, 60_000);
            var sensitivity = Math.Exp(3 * random.NextDouble());
            return new AllocationUnit($"u{unit}", Enumerable.Range(0, options).Select(option =>
            {
                var bits = 2 + option;
                return new UnitOption(
                    weights * bits / 8, weights * sensitivity * Math.Pow(4, -bits) * (0.5 + random.NextDouble()));
            }));
        }));
    }

    /// <summary>Budgets from the fewest bytes to those of the least damage, evenly spread, ends included.</summary>
    public static IEnumerable<long> Budgets(AllocationProblem problem, int count) => Enumerable.Range(0, count)
        .Select(i => problem.Floor.Bytes + ((problem.Ceiling.Bytes - problem.Floor.Bytes) * i / (count - 1)));

    /// <summary>The best allocation by looking at all.</summary>
    public static double BruteForce(AllocationProblem problem, long budget) => All(problem)
        .Select(choice => problem.With(choice)).Where(allocation => allocation.Bytes <= budget).Min(allocation => allocation.Damage);

    /// <summary>Every choice there is.</summary>
    public static IEnumerable<ImmutableArray<int>> All(AllocationProblem problem) => problem.Units.Aggregate(
        (IEnumerable<ImmutableArray<int>>)[[]],
        (choices, unit) => choices.SelectMany(choice => Enumerable.Range(0, unit.Options.Count).Select(choice.Add)));
}
