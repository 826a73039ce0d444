using Pith.Studies.Samplers;

namespace Pith.Compress.Ratio.Law;

/// <summary>Takes the units that cost least for their parameters, each measured alone once.</summary>
/// <remarks>Leave-one-in sensitivities and the greedy order of the knapsack; as many measurements as there are units, for all ratios together.</remarks>
public sealed class SensitivityRatioSearch : IRatioSearch
{
    /// <inheritdoc/>
    public string Description => "sensitivity";

    /// <inheritdoc/>
    public bool[] Find(RatioProblem problem, double ratio, TrialRandom random, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var costs = problem.Sensitivities(cancellation);
        return problem.Take(Enumerable.Range(0, costs.Count).OrderBy(unit => costs[unit] / problem.Parameters[unit]).ThenBy(unit => unit), ratio);
    }
}
