using Pith.Studies.Trials;

namespace Pith.Studies.Pruning;

/// <summary>Gives a trial up whose best value so far is worse than the median of the others' values at the same step.</summary>
/// <remarks>The median stopping rule of Golovin et al., "Google Vizier", KDD 2017, section 3.2, with the values at the step in place of
/// running averages: values on the same share of a text compare directly. Thread-safe.</remarks>
/// <param name="startupTrials">Done trials that are needed before anything is given up; at least 1.</param>
/// <param name="warmupSteps">Nothing is given up before this step.</param>
public sealed class MedianPruner(int startupTrials = 5, int warmupSteps = 0) : IPruner
{
    /// <inheritdoc/>
    public string Description => $"median startup={startupTrials} warmup={warmupSteps}";

    /// <inheritdoc/>
    public bool IsHopeless(IReadOnlyList<IntermediateValue> soFar, IReadOnlyList<Trial> finished, Direction direction)
    {
        ArgumentNullException.ThrowIfNull(soFar);
        ArgumentNullException.ThrowIfNull(finished);
        var step = soFar[^1].Step;
        if (step < warmupSteps)
            return false;
        var others = finished
            .Where(trial => trial.State == TrialState.Done)
            .SelectMany(trial => trial.Intermediates.Where(value => value.Step == step).Take(1))
            .Select(value => value.Value)
            .Order()
            .ToList();
        if (others.Count < Math.Max(1, startupTrials))
            return false;
        var median = (others[(others.Count - 1) / 2] + others[others.Count / 2]) / 2;
        return direction == Direction.Minimize
            ? soFar.Min(value => value.Value) > median
            : soFar.Max(value => value.Value) < median;
    }
}
