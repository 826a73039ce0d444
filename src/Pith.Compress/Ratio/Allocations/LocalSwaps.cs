namespace Pith.Compress.Ratio.Allocations;

/// <summary>Improves an allocation by true measurements: one unit gives bytes, another takes them.</summary>
/// <remarks>Exchanges are tried in the order of their estimated effect, each once, from the best allocation found so far; the estimate only
/// orders them, the measurement decides. Deterministic. Thread-safe.</remarks>
public static class LocalSwaps
{
    /// <summary>Improves an allocation.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="start">Where to start.</param>
    /// <param name="measured">The measured damage of <paramref name="start"/>.</param>
    /// <param name="budget">Most bytes.</param>
    /// <param name="trials">Measurements at most.</param>
    /// <param name="measure">Measures an allocation.</param>
    /// <param name="cancellation">Stops between measurements.</param>
    /// <returns>The best allocation and its measured damage.</returns>
    public static (Allocation Allocation, double Measured) Improve(
        AllocationProblem problem,
        Allocation start,
        double measured,
        long budget,
        int trials,
        Func<Allocation, double> measure,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(measure);
        var best = (Allocation: start, Measured: measured);
        var tried = new HashSet<Swap>();
        for (var trial = 0; trial < trials; trial++)
        {
            cancellation.ThrowIfCancellationRequested();
            var swaps = Swaps(problem, best.Allocation, budget).Where(swap => !tried.Contains(swap.Swap)).ToList();
            if (swaps.Count == 0)
                break;
            var (swap, _) = swaps.MinBy(candidate => candidate.Damage);
            tried.Add(swap);
            var next = Apply(problem, best.Allocation, swap);
            var damage = measure(next);
            if (damage < best.Measured)
                best = (next, damage);
        }

        return best;
    }

    /// <summary>The allocations one exchange away, least estimated damage first.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="from">Where to start.</param>
    /// <param name="budget">Most bytes.</param>
    /// <param name="count">How many at most.</param>
    internal static IEnumerable<Allocation> Nearest(AllocationProblem problem, Allocation from, long budget, int count) =>
        Swaps(problem, from, budget).OrderBy(swap => swap.Damage).Take(count).Select(swap => Apply(problem, from, swap.Swap)).ToList();

    // Every way in which one unit gets fewer bytes and another more, and the change of the estimated damage.
    private static IEnumerable<(Swap Swap, double Damage)> Swaps(AllocationProblem problem, Allocation from, long budget)
    {
        var changes = Enumerable.Range(0, from.Choice.Length).SelectMany(unit => Changes(problem, from, unit)).ToList();
        var takers = changes.Where(change => change.Bytes > 0).ToList();
        foreach (var giver in changes.Where(change => change.Bytes < 0))
        {
            foreach (var taker in takers)
            {
                if (taker.Unit != giver.Unit && from.Bytes + giver.Bytes + taker.Bytes <= budget)
                    yield return (new Swap(giver.Unit, giver.To, taker.Unit, taker.To), giver.Damage + taker.Damage);
            }
        }
    }

    private static Allocation Apply(AllocationProblem problem, Allocation from, Swap swap) =>
        problem.With(from.Choice.SetItem(swap.Giver, swap.Less).SetItem(swap.Taker, swap.More));

    private static IEnumerable<(int Unit, int To, long Bytes, double Damage)> Changes(AllocationProblem problem, Allocation from, int unit)
    {
        var options = problem.Units[unit].Options;
        var now = options[from.Choice[unit]];
        for (var to = 0; to < options.Count; to++)
            yield return (unit, to, options[to].Bytes - now.Bytes, options[to].Damage - now.Damage);
    }

    private readonly record struct Swap(int Giver, int Less, int Taker, int More);
}
