using CsCheck;
using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

public sealed class RandomAllocatorTests
{
    [Fact]
    public void Draw_AnyBudget_FitsAndRepeatsWithItsSeed() =>
        Gen.Select(Problems.Small, Gen.Int[0, 60], Gen.Int).Sample((problem, extra, seed) =>
        {
            var budget = problem.Floor.Bytes + extra;
            var drawn = RandomAllocator.Draw(problem, budget, 5, seed);
            Assert.All(drawn, allocation => Assert.InRange(allocation.Bytes, 0, budget));
            Assert.Equal(drawn.Select(allocation => allocation.Choice.ToArray()), RandomAllocator.Draw(problem, budget, 5, seed).Select(allocation => allocation.Choice.ToArray()));
        });

    [Fact]
    public void Draw_LowOrHigh_SpendsTheBudgetAndGivesEveryUnitItsTurn()
    {
        // Ten equal units, room for three at high precision: the draws are the subsets of three.
        var problem = new AllocationProblem(Enumerable.Range(0, 10).Select(i => new AllocationUnit($"u{i}", [new(1, 1), new(2, 0)])));
        var drawn = RandomAllocator.Draw(problem, 13, 2_000, seed: 7);
        Assert.All(drawn, allocation => Assert.Equal(13, allocation.Bytes));

        // Binomial: 600 of 2000 with a deviation of 20.5; five of them.
        for (var unit = 0; unit < 10; unit++)
            Assert.InRange(drawn.Count(allocation => allocation.Choice[unit] == 1), 500, 700);
    }
}
