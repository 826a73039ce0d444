using CsCheck;
using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

public sealed class ExactAllocatorTests
{
    [Fact]
    public void Allocate_SmallProblem_FindsWhatBruteForceFinds() =>
        Gen.Select(Problems.Small, Gen.Double.Unit).Sample((problem, share) =>
        {
            var budget = problem.Floor.Bytes + (long)(share * 60);
            var found = ExactAllocator.Allocate(problem, budget);
            Assert.InRange(found.Bytes, 0, budget);
            Assert.Equal(Problems.BruteForce(problem, budget), found.Damage, 1e-9);
            Assert.Equal(problem.With(found.Choice).Damage, found.Damage);
        });

    [Fact]
    public void Allocate_Knapsack_FindsTheKnownOptimum()
    {
        // By hand: capacity 10, values (10, 40, 30, 50), weights (5, 4, 6, 3): items 2 and 4 for 90 of 130.
        (int Value, int Weight)[] items = [(10, 5), (40, 4), (30, 6), (50, 3)];
        var problem = new AllocationProblem(items.Select((item, i) =>
            new AllocationUnit($"item {i + 1}", [new UnitOption(0, item.Value), new UnitOption(item.Weight, 0)])));
        var found = ExactAllocator.Allocate(problem, 10);
        Assert.Equal([0, 1, 0, 1], found.Choice);
        Assert.Equal(130 - 90, found.Damage);
    }

    [Fact]
    public void Allocate_BelowTheFloor_IsRefused()
    {
        var problem = Problems.Layered(3, 3, seed: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactAllocator.Allocate(problem, problem.Floor.Bytes - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreedyAllocator.Allocate(problem, problem.Floor.Bytes - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomAllocator.Draw(problem, problem.Floor.Bytes - 1, 1, seed: 1));
    }
}
