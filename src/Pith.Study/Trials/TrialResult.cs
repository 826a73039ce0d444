using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Pith.Studies.Trials;

/// <summary>What came of evaluating a trial.</summary>
public sealed record TrialResult
{
    private TrialResult(TrialState state, ImmutableArray<double> objectives, JsonObject? columns, string? reason)
    {
        State = state;
        Objectives = objectives;
        ColumnsJson = columns?.ToJsonString() ?? Trial.NoColumns;
        Reason = reason;
    }

    /// <summary>Done, failed or pruned.</summary>
    public TrialState State { get; }

    /// <summary>One value for each objective; empty unless done.</summary>
    public ImmutableArray<double> Objectives { get; }

    /// <summary>Other results, a JSON object.</summary>
    public string ColumnsJson { get; }

    /// <summary>Why it failed, or null.</summary>
    public string? Reason { get; }

    /// <summary>The trial has all its values.</summary>
    /// <param name="objectives">One for each objective of the study, in its order. If one is not finite, the trial counts as failed.</param>
    /// <param name="columns">Other results: bytes, measured speed, anything; numbers must be finite. Must not be used by others later.</param>
    public static TrialResult Done(ImmutableArray<double> objectives, JsonObject? columns = null) =>
        objectives.All(double.IsFinite)
            ? new(TrialState.Done, objectives, columns, null)
            : Failed($"an objective is {objectives.First(value => !double.IsFinite(value))}", columns);

    /// <inheritdoc cref="Done(ImmutableArray{double}, JsonObject?)"/>
    /// <param name="objective">The value of the only objective.</param>
    /// <param name="columns">Other results.</param>
    public static TrialResult Done(double objective, JsonObject? columns = null) => Done([objective], columns);

    /// <summary>The assignment cannot be evaluated, and never will be. Troubles of the world, such as a full disk, are exceptions instead.</summary>
    public static TrialResult Failed(string reason, JsonObject? columns = null) => new(TrialState.Failed, [], columns, reason);

    /// <summary>The trial was given up because <see cref="RunningTrial.IsHopeless"/> said so.</summary>
    public static TrialResult Pruned(JsonObject? columns = null) => new(TrialState.Pruned, [], columns, null);
}
