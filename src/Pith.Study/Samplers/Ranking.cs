using Pith.Studies.Trials;

namespace Pith.Studies.Samplers;

/// <summary>Orders trials from best to worst.</summary>
internal static class Ranking
{
    /// <summary>Done trials by their objectives, then pruned ones by how far they came; failed ones are left out.</summary>
    /// <remarks>With several objectives: by front, where the first holds the trials which no other beats in everything. Ties keep the order
    /// of the numbers.</remarks>
    public static List<Trial> BestFirst(IReadOnlyList<Trial> finished, IReadOnlyList<Objective> objectives)
    {
        var done = finished.Where(trial => trial.State == TrialState.Done).ToArray();
        var pruned = finished.Where(trial => trial is { State: TrialState.Pruned, Intermediates.Length: > 0 })
            .OrderByDescending(trial => trial.Intermediates[^1].Step)
            .ThenBy(trial => Signed(trial.Intermediates[^1].Value, objectives[0].Direction))
            .ThenBy(trial => trial.Number);
        if (objectives.Count > 1)
            return [.. Fronts(done, objectives).SelectMany(front => front.OrderBy(trial => trial.Number)), .. pruned];
        return [.. ByValue(done, objectives[0].Direction), .. pruned];
    }

    // Numbers as keys are sorted fastest; the few that are equal are put into the order of the trials' numbers afterwards.
    private static Trial[] ByValue(Trial[] done, Direction direction)
    {
        var keys = Array.ConvertAll(done, trial => Signed(trial.Objectives[0], direction));
        Array.Sort(keys, done);
        for (int start = 0, end; start < done.Length; start = end)
        {
            end = start + 1;
            while (end < done.Length && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                done.AsSpan(start, end - start).Sort((a, b) => a.Number.CompareTo(b.Number));
        }

        return done;
    }

    /// <summary>The trials which no other beats: not worse in every objective and better in one.</summary>
    public static IReadOnlyList<Trial> Front(IEnumerable<Trial> trials, IReadOnlyList<Objective> objectives) =>
        Fronts([.. trials.Where(trial => trial.State == TrialState.Done)], objectives) is [var first, ..] ? first : [];

    // Sequential sort by non-domination with a binary search over the fronts (Zhang et al., IEEE Trans. Evol. Comput. 2015):
    // after a lexicographic sort only earlier trials can beat later ones.
    private static List<List<Trial>> Fronts(Trial[] done, IReadOnlyList<Objective> objectives)
    {
        var fronts = new List<List<Trial>>();
        Array.Sort(done, (a, b) => Compare(a, b, objectives));
        foreach (var trial in done)
        {
            var (low, high) = (0, fronts.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (fronts[middle].Exists(other => Beats(other, trial, objectives)))
                    low = middle + 1;
                else
                    high = middle;
            }

            if (low == fronts.Count)
                fronts.Add([]);
            fronts[low].Add(trial);
        }

        return fronts;
    }

    private static int Compare(Trial a, Trial b, IReadOnlyList<Objective> objectives)
    {
        for (var i = 0; i < objectives.Count; i++)
        {
            var order = Signed(a.Objectives[i], objectives[i].Direction).CompareTo(Signed(b.Objectives[i], objectives[i].Direction));
            if (order != 0)
                return order;
        }

        return a.Number.CompareTo(b.Number);
    }

    private static bool Beats(Trial a, Trial b, IReadOnlyList<Objective> objectives)
    {
        var isBetter = false;
        for (var i = 0; i < objectives.Count; i++)
        {
            var difference = Signed(a.Objectives[i], objectives[i].Direction) - Signed(b.Objectives[i], objectives[i].Direction);
            if (difference > 0)
                return false;
            isBetter |= difference < 0;
        }

        return isBetter;
    }

    private static double Signed(double value, Direction direction) => direction == Direction.Minimize ? value : -value;
}
