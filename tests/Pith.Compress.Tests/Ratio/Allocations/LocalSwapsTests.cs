using Pith.Compress.Ratio.Allocations;

namespace Pith.Compress.Tests.Ratio.Allocations;

public sealed class LocalSwapsTests
{
    [Fact]
    public void Improve_WrongEstimates_FindsWhatTheMeasurementPrefers()
    {
        // The estimates say that unit 0 needs the bytes; in truth unit 3 does.
        double[] estimates = [4, 3, 2, 1];
        double[] truth = [0.1, 0.2, 0.3, 5];
        var problem = new AllocationProblem(estimates.Select((damage, i) => new AllocationUnit($"u{i}", [new(1, damage), new(2, 0)])));
        var start = GreedyAllocator.Allocate(problem, 5);
        Assert.Equal([1, 0, 0, 0], start.Choice);

        var measured = 0;
        var (best, damage) = LocalSwaps.Improve(problem, start, Measure(start), 5, trials: 12, Count);
        Assert.Equal([0, 0, 0, 1], best.Choice);
        Assert.Equal(0.6, damage, 1e-12);
        Assert.InRange(measured, 1, 12);

        double Count(Allocation allocation)
        {
            measured++;
            Assert.InRange(allocation.Bytes, 0, 5);
            return Measure(allocation);
        }

        double Measure(Allocation allocation) => allocation.Choice.Select((option, unit) => option == 0 ? truth[unit] : 0).Sum();
    }

    [Fact]
    public void Improve_NothingToSwap_MeasuresNothing()
    {
        var problem = new AllocationProblem([new AllocationUnit("a", [new(1, 1), new(2, 0)])]);
        var (best, damage) = LocalSwaps.Improve(problem, problem.Floor, 1, 2, trials: 5, _ => throw new InvalidOperationException());
        Assert.Same(problem.Floor, best);
        Assert.Equal(1, damage);
    }
}
