using System.Text.Json.Nodes;
using Pith.Studies.Pruning;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Studies.Tests;

/// <summary>Small studies whose results one can compute by hand.</summary>
internal static class Toys
{
    /// <summary>Three choices for each of some parameters, a group of two, an integer and a number.</summary>
    public static SearchSpace MixedSpace { get; } = new(
    [
        new CategoricalParameter("a", ["x", "y", "z"]),
        new CategoricalParameter("b", ["x", "y"]) { Group = "pair" },
        new IntegerParameter("c", 1, 64) { Group = "pair", IsLogarithmic = true },
        new NumberParameter("d", -1, 1),
    ]);

    /// <summary>The definition of a study over that space.</summary>
    public static StudyDefinition Definition(long seed = 1) => new()
    {
        Kind = "toy",
        Space = MixedSpace,
        Objectives = [new Objective("loss")],
        Facts = new Dictionary<string, string> { ["model"] = "m1", ["text"] = "t1" },
        Seed = seed,
    };

    /// <summary>Binary choices.</summary>
    public static SearchSpace Choices(int parameters, params string[] choices) =>
        new(Enumerable.Range(0, parameters).Select(i => new CategoricalParameter($"p{i}", choices)));

    /// <summary>Opens the toy study.</summary>
    public static Study Open(IStudyStore store, long seed = 1) =>
        Study.Open(store, Definition(seed), new TpeSampler(startupTrials: 4), new MedianPruner(startupTrials: 3));

    /// <summary>Reports on its way, may be given up, may fail, and has columns: everything a trial can do.</summary>
    public static TrialResult Evaluate(RunningTrial trial, CancellationToken cancellation)
    {
        var assignment = trial.Assignment;
        if (assignment["a"] != "x" && assignment.Integer("c") > 4)
            return TrialResult.Failed("c is too large", new JsonObject { ["c"] = assignment.Integer("c") });
        var loss = Math.Abs(assignment.Number("d") - 0.25) + (assignment.Integer("a") * 0.1) + (Math.Abs(assignment.Integer("c") - 8) * 0.01);
        for (var step = 1; step <= 3; step++)
        {
            trial.Report(step, loss + (1.0 / step));
            if (trial.IsHopeless)
                return TrialResult.Pruned(new JsonObject { ["at"] = step });
        }

        return TrialResult.Done(loss, new JsonObject { ["noise"] = trial.Random.Next() });
    }

    /// <summary>Everything about the trials as text, to compare studies with.</summary>
    public static string Show(StudySnapshot study) => study.Definition.Identity + "\n" + string.Join('\n', study.Trials.Select(trial =>
        $"{trial.Number} {trial.Assignment} {trial.State} [{string.Join(' ', trial.Objectives)}] [{string.Join(' ', trial.Intermediates)}] {trial.ColumnsJson} {trial.Reason}"));
}
