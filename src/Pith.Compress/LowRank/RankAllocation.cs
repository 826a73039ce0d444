namespace Pith.Compress.LowRank;

/// <summary>Shares a budget of bytes out among weights: each step goes where it lowers the weighted squared error most per byte.</summary>
/// <remarks>Singular values descend, so gains do too, and what greedy choice spends is spent best: no allocation with as many bytes has a smaller
/// error (for a step of the same bytes everywhere; else up to the last step). Deterministic: equal gains go to the earlier weight.</remarks>
public static class RankAllocation
{
    /// <summary>The ranks, in the order of the candidates.</summary>
    /// <param name="candidates">The weights.</param>
    /// <param name="budget">Bytes for all terms together, ≥ 0.</param>
    /// <param name="step">Ranks are multiples of it, best the block size of the factors' format; ≥ 1.</param>
    /// <exception cref="ArgumentException">A candidate is out of range or its singular values do not descend.</exception>
    public static int[] Allocate(IReadOnlyList<RankCandidate> candidates, double budget, int step = 1)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        var ranks = new int[candidates.Count];
        var queue = new PriorityQueue<int, (double Gain, int Index)>();
        for (var index = 0; index < candidates.Count; index++)
        {
            Require(candidates[index], index);
            Enqueue(index);
        }

        // A weight whose next step is too dear is out; cheaper steps of others may still fit.
        while (queue.TryDequeue(out var index, out _))
        {
            var cost = step * candidates[index].BytesPerRank;
            if (cost > budget)
                continue;
            budget -= cost;
            ranks[index] += step;
            Enqueue(index);
        }

        return ranks;

        void Enqueue(int index)
        {
            var candidate = candidates[index];
            if (ranks[index] + step > candidate.SingularValues.Count)
                return;
            var gain = 0.0;
            for (var rank = ranks[index]; rank < ranks[index] + step; rank++)
                gain += candidate.SingularValues[rank] * candidate.SingularValues[rank];
            gain *= candidate.Sensitivity / candidate.BytesPerRank;
            if (gain > 0)
                queue.Enqueue(index, (-gain, index));
        }
    }

    private static void Require(RankCandidate candidate, int index)
    {
        if (!(candidate.BytesPerRank > 0) || !(candidate.Sensitivity >= 0))
            throw new ArgumentException($"candidate {index}: expected bytes above 0 and a sensitivity of at least 0, found {candidate.BytesPerRank} and {candidate.Sensitivity}", nameof(candidate));
        for (var rank = 1; rank < candidate.SingularValues.Count; rank++)
        {
            if (!(candidate.SingularValues[rank] <= candidate.SingularValues[rank - 1]))
                throw new ArgumentException($"candidate {index}: expected singular values in descending order", nameof(candidate));
        }
    }
}
