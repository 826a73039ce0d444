using System.Collections.Immutable;
using System.Globalization;
using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Studies.Samplers;

/// <summary>The tree-structured Parzen estimator: proposes what is likely among the good trials and unlikely among the others.</summary>
/// <remarks>Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, section 4. The best share γ of the trials gives the
/// density l, the rest g; of some candidates drawn from l the one with the largest l / g is proposed. Parameters of one group share
/// the components of their densities (multivariate), groups are independent. With several objectives "best" goes by non-dominated
/// fronts. Evaluations repeat exactly, so an assignment that was tried is proposed again only when nothing else is found.
/// Cost of a proposal: O(trials · parameters · candidates) for numbers; for choices only trials that differ count. Thread-safe.</remarks>
/// <param name="startupTrials">Finished trials before which proposals are random; at least 1.</param>
/// <param name="gamma">Share of the good trials, between 0 and 1.</param>
/// <param name="candidates">Candidates a group; at least 1.</param>
public sealed class TpeSampler(int startupTrials = 10, double gamma = 0.25, int candidates = 24) : ISampler
{
    // Each further attempt halves the candidates, so that it follows l more and l / g less.
    private const int Attempts = 16;
    private const int LargestHalving = 30;

    /// <inheritdoc/>
    public string Description =>
        string.Create(CultureInfo.InvariantCulture, $"tpe startup={startupTrials} gamma={gamma} candidates={candidates}");

    /// <inheritdoc/>
    public Assignment Suggest(SearchSpace space, IReadOnlyList<Objective> objectives, IReadOnlyList<Trial> finished, TrialRandom random)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(finished);
        var ranked = Ranking.BestFirst(finished, objectives);
        if (ranked.Count < Math.Max(1, startupTrials))
            return space.Draw(random);

        var good = (int)Math.Ceiling(gamma * ranked.Count);
        ImmutableArray<double>[] values = [.. ranked.Select(trial => trial.Assignment.Values)];
        var pairs = space.Groups.Zip(ChoiceNumbers.Of(space, values), (group, numbers) => new Pair(
            new ParzenEstimator(space, group, values, numbers, ..good), new ParzenEstimator(space, group, values, numbers, good..))).ToList();
        var proposal = space.Draw(random);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            proposal = Propose(space, pairs, Math.Max(1, candidates >> Math.Min(attempt, LargestHalving)), random);
            if (!ranked.Exists(trial => trial.Assignment.Equals(proposal)))
                break;
        }

        return proposal;
    }

    private static Assignment Propose(SearchSpace space, List<Pair> pairs, int candidates, TrialRandom random)
    {
        var values = new double[space.Parameters.Length];
        for (var i = 0; i < pairs.Count; i++)
        {
            var best = pairs[i].Good.Draw(random);
            var score = pairs[i].Score(best);
            for (var candidate = 1; candidate < candidates; candidate++)
            {
                var drawn = pairs[i].Good.Draw(random);
                var drawnScore = pairs[i].Score(drawn);
                if (drawnScore > score)
                    (best, score) = (drawn, drawnScore);
            }

            for (var k = 0; k < best.Length; k++)
                values[space.Groups[i][k]] = best[k];
        }

        return new Assignment(space, [.. values]);
    }

    /// <summary>The two densities of a group. Choices are drawn again and again: each score is computed once.</summary>
    private sealed class Pair(ParzenEstimator good, ParzenEstimator other)
    {
        private readonly Dictionary<double[], double> scores = new(SameValues.Instance);

        public ParzenEstimator Good { get; } = good;

        public double Score(double[] candidate)
        {
            if (!scores.TryGetValue(candidate, out var score))
                scores[candidate] = score = Good.LogDensity(candidate) - other.LogDensity(candidate);
            return score;
        }
    }
}
