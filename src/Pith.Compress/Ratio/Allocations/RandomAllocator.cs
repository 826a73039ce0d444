namespace Pith.Compress.Ratio.Allocations;

/// <summary>Draws allocations at random that spend a budget: the mixed-precision paper's search (arXiv 2410.06722) keeps the best of 50.</summary>
/// <remarks>Units come in random order, and each takes one of the options that it can still pay, each with equal probability; where units
/// choose between low and high this is the paper's draw of the units that stay high. Thread-safe.</remarks>
public static class RandomAllocator
{
    /// <summary>Trials of the paper.</summary>
    public const int PaperTrials = 50;

    /// <summary>Draws allocations.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="budget">Bytes, at least those of <see cref="AllocationProblem.Floor"/>.</param>
    /// <param name="count">How many; they may repeat.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static IReadOnlyList<Allocation> Draw(AllocationProblem problem, long budget, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        problem.RequireBudget(budget);
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(problem, budget, random))];
    }

    private static Allocation Draw(AllocationProblem problem, long budget, Random random)
    {
        var choice = problem.Floor.Choice.ToArray();
        var left = budget - problem.Floor.Bytes;
        var order = Enumerable.Range(0, choice.Length).ToArray();
        random.Shuffle(order);
        foreach (var unit in order)
        {
            var now = problem.Units[unit].Options[choice[unit]];
            var options = Enumerable.Range(0, problem.Units[unit].Options.Count)
                .Where(to => problem.Units[unit].Options[to].Bytes > now.Bytes && problem.Units[unit].Options[to].Bytes - now.Bytes <= left)
                .ToList();
            if (options.Count == 0)
                continue;
            choice[unit] = options[random.Next(options.Count)];
            left -= problem.Units[unit].Options[choice[unit]].Bytes - now.Bytes;
        }

        return problem.With([.. choice]);
    }
}
