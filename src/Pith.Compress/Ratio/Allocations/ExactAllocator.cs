namespace Pith.Compress.Ratio.Allocations;

/// <summary>The best allocation, by a dynamic programme over the units that drops what cannot become the best.</summary>
/// <remarks>States are (bytes, damage) pairs of the units decided so far. One is dropped when another has no more of both, or when even the
/// linear relaxation of the units to come cannot bring it below the greedy allocation. Bytes are exact, not counted in coarse units.
/// The worst case is exponential; 200 units of 6 options take milliseconds. The oracle of the tests, and good enough to use. Thread-safe.</remarks>
public static class ExactAllocator
{
    /// <summary>Allocates a budget.</summary>
    /// <param name="problem">Units and options.</param>
    /// <param name="budget">Bytes, at least those of <see cref="AllocationProblem.Floor"/>.</param>
    /// <param name="cancellation">Stops between units.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below the floor.</exception>
    public static Allocation Allocate(AllocationProblem problem, long budget, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        problem.RequireBudget(budget);
        var best = GreedyAllocator.Allocate(problem, budget);
        var rest = Relaxation.OfSuffixes(problem);
        List<State> states = [new State(0, 0, null, 0)];
        for (var unit = 0; unit < problem.Units.Count; unit++)
        {
            cancellation.ThrowIfCancellationRequested();
            states = Extend(states, problem.Units[unit].Options, rest[unit + 1], budget, best.Damage);
        }

        // Nothing is left where nothing beats the greedy allocation.
        return states.Count == 0 ? best : problem.With([.. ChoiceOf(states.MinBy(state => state.Damage)!)]);
    }

    private static List<State> Extend(List<State> states, IReadOnlyList<UnitOption> options, Relaxation rest, long budget, double bound)
    {
        var all = new List<State>();
        foreach (var state in states)
        {
            for (var option = 0; option < options.Count; option++)
            {
                var bytes = state.Bytes + options[option].Bytes;
                var damage = state.Damage + options[option].Damage;
                if (bytes + rest.LeastBytes <= budget && damage + rest.LeastDamage(budget - bytes) < bound)
                    all.Add(new State(bytes, damage, state, option));
            }
        }

        all.Sort((a, b) => (a.Bytes, a.Damage).CompareTo((b.Bytes, b.Damage)));
        var kept = new List<State>();
        foreach (var state in all)
        {
            if (kept.Count == 0 || state.Damage < kept[^1].Damage)
                kept.Add(state);
        }

        return kept;
    }

    private static Stack<int> ChoiceOf(State last)
    {
        var choice = new Stack<int>();
        for (var state = last; state.Before is not null; state = state.Before)
            choice.Push(state.Option);
        return choice;
    }

    private sealed record State(long Bytes, double Damage, State? Before, int Option);

    /// <summary>The least damage which some of the units could have if options could be mixed.</summary>
    private sealed class Relaxation
    {
        private readonly long[] bytes;
        private readonly double[] damages;

        private Relaxation(AllocationProblem problem, int first)
        {
            var units = problem.Units.Skip(first).ToList();
            var steps = units.SelectMany(HullStep.Of).OrderByDescending(step => step.Rate).ToList();
            bytes = new long[steps.Count + 1];
            damages = new double[steps.Count + 1];
            bytes[0] = units.Sum(unit => unit.Options[unit.Smallest].Bytes);
            damages[0] = units.Sum(unit => unit.Options[unit.Smallest].Damage);
            for (var i = 0; i < steps.Count; i++)
            {
                bytes[i + 1] = bytes[i] + steps[i].Bytes;
                damages[i + 1] = damages[i] - steps[i].Gain;
            }
        }

        public long LeastBytes => bytes[0];

        /// <summary>One for the units from each index on; the last is of none.</summary>
        public static Relaxation[] OfSuffixes(AllocationProblem problem) =>
            [.. Enumerable.Range(0, problem.Units.Count + 1).Select(first => new Relaxation(problem, first))];

        public double LeastDamage(long budget)
        {
            var at = Array.BinarySearch(bytes, budget);
            if (at >= 0)
                return damages[at];
            var above = ~at;
            if (above == bytes.Length)
                return damages[^1];
            var share = (double)(budget - bytes[above - 1]) / (bytes[above] - bytes[above - 1]);
            return damages[above - 1] + (share * (damages[above] - damages[above - 1]));
        }
    }
}
