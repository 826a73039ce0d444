using System.Collections.Immutable;
using System.Text.Json;
using Pith.Studies.Spaces;

namespace Pith.Studies.Trials;

/// <summary>One attempt of a study: what was decided and what came of it.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
/// <param name="Number">0, 1, 2 … in the order in which trials were made.</param>
/// <param name="Assignment">What was decided.</param>
public sealed record Trial(int Number, Assignment Assignment)
{
    internal const string NoColumns = "{}";

    /// <summary>How far it is.</summary>
    public TrialState State { get; init; }

    /// <summary>One value for each objective of the study; empty unless the trial is done.</summary>
    public ImmutableArray<double> Objectives { get; init; } = [];

    /// <summary>What it found on its way, in the order of the steps.</summary>
    public ImmutableArray<IntermediateValue> Intermediates { get; init; } = [];

    /// <summary>Other results, a JSON object.</summary>
    public string ColumnsJson { get; init; } = NoColumns;

    /// <summary>Why it failed; null unless it did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsFinished => State is TrialState.Done or TrialState.Failed or TrialState.Pruned;

    /// <summary>Reads the other results, at each call.</summary>
    public JsonElement ReadColumns() => JsonElement.Parse(ColumnsJson);
}
