using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Pith.Compress.Ratio.Allocations;
using Pith.Kernels.Formats;
using Pith.Models;
using Pith.Studies;
using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Compress.Ratio;

/// <summary>Improves an allocation by a study: a sampler proposes, a proposal is repaired to the budget, and the measurement decides.</summary>
/// <remarks>The study begins with the allocation itself and the exchanges of bytes next to it, so that the sampler has good trials to learn
/// from. It resumes: what a store holds is not measured again.</remarks>
internal sealed class StudyRefinement(RatioSpace space, AllocationProblem problem, long budget, Func<Allocation, double> measure)
{
    private const string Objective = "kl";

    /// <summary>The definition of the study for a search.</summary>
    /// <param name="space">Units and options.</param>
    /// <param name="budget">Bytes.</param>
    /// <param name="model">Digest of the model.</param>
    /// <param name="text">Digest of the calibration text.</param>
    public static StudyDefinition Define(RatioSpace space, long budget, string model, string text) => new()
    {
        Kind = "ratio",
        Space = SpaceOf(space),
        Objectives = [new Objective(Objective)],
        Facts = new Dictionary<string, string>
        {
            ["model"] = model,
            ["text"] = text,
            ["budget, bytes"] = budget.ToString(CultureInfo.InvariantCulture),
            ["activations"] = space.Settings.HasSameActivations ? "same" : space.Settings.Activations?.ToString() ?? "none",
            ["damage"] = string.Create(CultureInfo.InvariantCulture, $"{space.Settings.Damage} {space.Settings.DamageFile?.Path} {space.Settings.DamagePasses}"),
            ["allocation"] = string.Create(CultureInfo.InvariantCulture, $"{space.Settings.Method} {space.Settings.Swaps}"),
            ["code"] = CodeVersion.Of(typeof(StudyRefinement), typeof(CausalModel), typeof(FormatCodec)),
        },
        Seed = space.Settings.Seed,
    };

    /// <summary>Runs the study and returns the best allocation it measured.</summary>
    /// <param name="study">Open, of the definition above.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="trials">Trials in all, those of earlier runs included.</param>
    /// <param name="startup">Trials next to the start before the sampler proposes.</param>
    /// <param name="cancellation">Stops between trials.</param>
    public Allocation Run(Study study, Allocation start, int trials, int startup, CancellationToken cancellation)
    {
        study.Enqueue([.. LocalSwaps.Nearest(problem, start, budget, Math.Min(startup, trials) - 1).Prepend(start).Select(ToAssignment)]);
        study.Run(trials, (trial, _) => Evaluate(trial), cancellation: cancellation);
        var best = study.Snapshot.Best;
        return best is null ? start : Repair([.. best.Assignment.Values.Select(value => (int)value)]);
    }

    // Down where it hurts least a byte, until it fits; then up where it helps most a byte, while that fits.
    internal Allocation Repair(ImmutableArray<int> choice)
    {
        var allocation = problem.With(choice);
        while (allocation.Bytes > budget)
            allocation = Move(allocation, (bytes, _) => bytes < 0) ?? problem.Floor;
        while (Move(allocation, (bytes, damage) => bytes > 0 && damage < 0 && allocation.Bytes + bytes <= budget) is { } next)
            allocation = next;
        return allocation;
    }

    private Allocation? Move(Allocation from, Func<long, double, bool> isWanted)
    {
        var best = (Unit: -1, Option: -1, Rate: double.NegativeInfinity);
        for (var unit = 0; unit < from.Choice.Length; unit++)
        {
            var options = problem.Units[unit].Options;
            var now = options[from.Choice[unit]];
            for (var option = 0; option < options.Count; option++)
            {
                var (bytes, damage) = (options[option].Bytes - now.Bytes, options[option].Damage - now.Damage);
                var rate = -damage / Math.Abs((double)bytes);
                if (isWanted(bytes, damage) && rate > best.Rate)
                    best = (unit, option, rate);
            }
        }

        return best.Unit < 0 ? null : problem.With(from.Choice.SetItem(best.Unit, best.Option));
    }

    private TrialResult Evaluate(RunningTrial trial)
    {
        var allocation = Repair([.. trial.Assignment.Values.Select(value => (int)value)]);
        return TrialResult.Done([measure(allocation)], new JsonObject { ["bytes"] = allocation.Bytes, ["bits"] = space.BitsOf(allocation.Bytes) });
    }

    private Assignment ToAssignment(Allocation allocation) => new(SpaceOf(space), [.. allocation.Choice.Select(option => (double)option)]);

    private static SearchSpace SpaceOf(RatioSpace space)
    {
        var choices = space.Options.Select(option => option.ToString()).ToList();
        return new SearchSpace(space.Units.Select(unit => new CategoricalParameter(unit.Name, choices)));
    }
}
