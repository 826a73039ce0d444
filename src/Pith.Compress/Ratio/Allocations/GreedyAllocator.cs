namespace Pith.Compress.Ratio.Allocations;

/// <summary>Spends a budget of bytes where a byte takes away most damage: the default allocator.</summary>
/// <remarks>Steps along the convex hulls of the units, best exchange rate first, are the optimum of the linear relaxation, hence at most one
/// step away from the best allocation. Where bytes are few that step may be most of what there is to gain: so each of the first steps
/// that could not be paid is also tried as the first of all, and exchanges between two units spend what is left over.
/// O(n·f·log(n·f)) for the steps, O(n²·f²) for each exchange, of which there are few. Deterministic: ties go to the unit that comes
/// first. Thread-safe.</remarks>
public static class GreedyAllocator
{
    // Exchanges repair the last step or two; more than this many were never needed on 200 units.
    private const int MostExchanges = 64;

    // More forced first steps, or exchanges from more starts, changed nothing on problems of 12 to 80 units.
    private const int ForcedSteps = 8;
    private const int Starts = 3;

    /// <summary>Allocates a budget.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="budget">Bytes, at least those of <see cref="AllocationProblem.Floor"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below the floor.</exception>
    public static Allocation Allocate(AllocationProblem problem, long budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        problem.RequireBudget(budget);
        var steps = StepsOf(problem);
        var plain = Climb(problem, steps, budget, null);
        return plain.Blocked.Take(ForcedSteps).Select(step => Climb(problem, steps, budget, step)).Prepend(plain)
            .OrderBy(climb => problem.With([.. climb.Choice]).Damage)
            .Take(Starts)
            .Select(climb => Exchange(problem, climb.Choice, climb.Left))
            .MinBy(allocation => allocation.Damage)!;
    }

    /// <summary>The exchange rate at a budget: the damage that the next byte would take away.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="budget">Bytes, at least those of <see cref="AllocationProblem.Floor"/>.</param>
    /// <returns>Damage a byte; 0 where the budget pays for everything.</returns>
    public static double ExchangeRate(AllocationProblem problem, long budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        problem.RequireBudget(budget);
        return Climb(problem, StepsOf(problem), budget, null).Blocked.Select(step => step.Rate).FirstOrDefault();
    }

    private static List<List<HullStep>> StepsOf(AllocationProblem problem) => [.. problem.Units.Select(HullStep.Of)];

    // Takes the steps in the order of their rates; one that cannot be paid ends its unit's climb, cheaper ones of others may follow.
    private static (int[] Choice, long Left, List<HullStep> Blocked) Climb(
        AllocationProblem problem, List<List<HullStep>> steps, long budget, HullStep? forced)
    {
        var choice = problem.Floor.Choice.ToArray();
        var left = budget - problem.Floor.Bytes;
        var next = new int[steps.Count];
        var blocked = new List<HullStep>();
        if (forced is { } first)
        {
            while (choice[first.Unit] != first.To && steps[first.Unit][next[first.Unit]].Bytes <= left)
                Take(steps[first.Unit][next[first.Unit]]);
        }

        var heap = new PriorityQueue<int, (double, int)>();
        for (var unit = 0; unit < steps.Count; unit++)
            Push(unit);
        while (heap.TryDequeue(out var unit, out _))
        {
            var step = steps[unit][next[unit]];
            if (step.Bytes > left)
            {
                blocked.Add(step);
                continue;
            }

            Take(step);
            Push(unit);
        }

        return (choice, left, blocked);

        void Take(HullStep step)
        {
            left -= step.Bytes;
            choice[step.Unit] = step.To;
            next[step.Unit]++;
        }

        void Push(int unit)
        {
            if (next[unit] < steps[unit].Count)
                heap.Enqueue(unit, (-steps[unit][next[unit]].Rate, unit));
        }
    }

    // The best change of one unit, or of two at once, for as long as one helps.
    private static Allocation Exchange(AllocationProblem problem, int[] choice, long left)
    {
        for (var round = 0; round < MostExchanges; round++)
        {
            var moves = Moves(problem, choice);
            var best = (Gain: 0.0, First: default(Move), Second: default(Move));
            for (var i = 0; i < moves.Count; i++)
            {
                var first = moves[i];
                if (first.Bytes <= left && first.Gain > best.Gain)
                    best = (first.Gain, first, first);
                for (var j = i + 1; j < moves.Count; j++)
                {
                    var second = moves[j];
                    if (first.Unit != second.Unit && first.Bytes + second.Bytes <= left && first.Gain + second.Gain > best.Gain)
                        best = (first.Gain + second.Gain, first, second);
                }
            }

            // Below rounding of the sums two exchanges could undo each other for ever.
            if (best.Gain <= 1e-12 * Math.Abs(problem.Floor.Damage))
                break;
            foreach (var move in new[] { best.First, best.Second }.Distinct())
            {
                choice[move.Unit] = move.To;
                left -= move.Bytes;
            }
        }

        return problem.With([.. choice]);
    }

    private static List<Move> Moves(AllocationProblem problem, int[] choice)
    {
        var moves = new List<Move>();
        for (var unit = 0; unit < choice.Length; unit++)
        {
            var options = problem.Units[unit].Options;
            var now = options[choice[unit]];
            for (var to = 0; to < options.Count; to++)
            {
                var move = new Move(unit, to, options[to].Bytes - now.Bytes, now.Damage - options[to].Damage);
                if (move.Bytes < 0 || move.Gain > 0)
                    moves.Add(move);
            }
        }

        return moves;
    }

    private readonly record struct Move(int Unit, int To, long Bytes, double Gain);
}
