using CsCheck;
using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

public sealed class GreedyAllocatorTests
{
    [Fact]
    public void Allocate_AnyProblem_FitsTheBudgetAndNeverBeatsBruteForce() =>
        Gen.Select(Problems.Small, Gen.Double.Unit).Sample((problem, share) =>
        {
            var budget = problem.Floor.Bytes + (long)(share * 60);
            var found = GreedyAllocator.Allocate(problem, budget);
            Assert.InRange(found.Bytes, 0, budget);
            Assert.InRange(found.Damage, Problems.BruteForce(problem, budget) - 1e-9, problem.Floor.Damage + 1e-9);
        });

    // Section 6 (1) of the method's acceptance tests: 0.98 of the exact reduction, at every budget.
    [Theory]
    [InlineData(40, 3, 1)]
    [InlineData(40, 5, 3)]
    [InlineData(80, 3, 9)]
    public void Allocate_AdditiveToy_ReachesTheExactReductionAtEveryBudget(int units, int options, int seed)
    {
        var problem = Problems.Layered(units, options, seed);
        foreach (var budget in Problems.Budgets(problem, 101))
        {
            var exact = problem.Floor.Damage - ExactAllocator.Allocate(problem, budget).Damage;
            var greedy = problem.Floor.Damage - GreedyAllocator.Allocate(problem, budget).Damage;
            Assert.True(greedy >= 0.98 * exact, $"at {budget} bytes {greedy} of {exact}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Allocate_TwoHundredUnitsOfSixOptions_IsWithinTwoPercentAtTenBudgets(int seed)
    {
        var problem = Problems.Layered(200, 6, seed);
        foreach (var budget in Problems.Budgets(problem, 10))
        {
            var exact = ExactAllocator.Allocate(problem, budget).Damage;
            Assert.InRange(GreedyAllocator.Allocate(problem, budget).Damage, exact * (1 - 1e-12), exact * 1.02);
        }
    }

    [Fact]
    public void Allocate_MoreBytes_NeverRaisesTheDamageOfTheRelaxation()
    {
        var problem = Problems.Layered(60, 6, seed: 6);
        var damages = Problems.Budgets(problem, 40).Select(budget => GreedyAllocator.Allocate(problem, budget).Damage).ToList();
        Assert.Equal(problem.Floor.Damage, damages[0], 1e-9);
        Assert.Equal(problem.Ceiling.Damage, damages[^1], 1e-9);

        // Within one step of the relaxation, which falls; one step of 60 units is less than 1 % of the whole.
        var slack = 0.01 * (problem.Floor.Damage - problem.Ceiling.Damage);
        Assert.All(damages.Zip(damages.Skip(1)), pair => Assert.True(pair.Second <= pair.First + slack));
    }

    [Fact]
    public void ExchangeRate_OfAHandWorkedProblem_IsTheRateOfTheNextStep()
    {
        // Hull of a: 0 B 10, 10 B 2, 20 B 1 with rates 0.8 and 0.1; (4, 9) lies above the line. Of b: 0 B 6, 10 B 3 with 0.3.
        var problem = new AllocationProblem(
        [
            new AllocationUnit("a", [new(20, 1), new(0, 10), new(4, 9), new(10, 2)]),
            new AllocationUnit("b", [new(0, 6), new(10, 3)]),
        ]);
        Assert.Equal(0.8, GreedyAllocator.ExchangeRate(problem, 0), 1e-12);
        Assert.Equal(0.3, GreedyAllocator.ExchangeRate(problem, 10), 1e-12);
        Assert.Equal(0.1, GreedyAllocator.ExchangeRate(problem, 20), 1e-12);
        Assert.Equal(0, GreedyAllocator.ExchangeRate(problem, 30));
        Assert.Equal([3, 1], GreedyAllocator.Allocate(problem, 20).Choice);
    }
}
