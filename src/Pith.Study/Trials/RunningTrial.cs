using Pith.Studies.Samplers;
using Pith.Studies.Spaces;

namespace Pith.Studies.Trials;

/// <summary>A trial that is being evaluated.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RunningTrial
{
    private readonly Func<IntermediateValue, bool> report;

    internal RunningTrial(int number, Assignment assignment, TrialRandom random, Func<IntermediateValue, bool> report)
    {
        Number = number;
        Assignment = assignment;
        Random = random;
        this.report = report;
    }

    /// <summary>0, 1, 2 … in the order in which trials were made.</summary>
    public int Number { get; }

    /// <summary>What was decided.</summary>
    public Assignment Assignment { get; }

    /// <summary>Random numbers for the evaluation: the same whenever this trial is evaluated.</summary>
    public TrialRandom Random { get; }

    /// <summary>Whether the pruner advises to give up, after the last report: then return <see cref="TrialResult.Pruned"/>.</summary>
    public bool IsHopeless { get; private set; }

    /// <summary>Tells what was found on the way.</summary>
    /// <param name="step">How far the evaluation is; larger than at the last report.</param>
    /// <param name="value">The first objective so far; finite.</param>
    public void Report(int step, double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "An intermediate value is finite; a trial without one has failed.");
        IsHopeless = report(new IntermediateValue(step, value));
    }
}
