using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pith.Core.Formats;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Checkpoints;
using Pith.Studies;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Compress.Ratio.Law;

/// <summary>Measures a family of models at every granularity, block size and ratio, and fits the laws.</summary>
/// <remarks>Every combination is a trial of a study: stopped at any moment, the next run goes on. The models should share one recipe, or the size is
/// not all that differs. Not thread-safe.</remarks>
public static class FamilyStudy
{
    private const string Model = "model";
    private const string AssignmentGranularity = "granularity";
    private const string Block = "block_size";
    private const string Target = "target_ratio";
    private const string Achieved = "ratio";
    private const string Parameters = "parameters";

    /// <summary>Runs the study, or goes on with it, and fits the laws to its points.</summary>
    /// <param name="models">Paths of the models; names are those of their folders. At least one.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="store">Where the study is kept; disposed of.</param>
    /// <param name="origin">How the study is being made, for resuming it.</param>
    /// <param name="progress">Told after every point.</param>
    /// <param name="cancellation">Stops the study.</param>
    /// <exception cref="Pith.Core.Diagnostics.PithException">A model, a text or the study cannot be used.</exception>
    public static LawAnalysis Run(
        IReadOnlyList<string> models, FamilyOptions options, IStudyStore store, StudyOrigin? origin = null,
        IProgress<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        var paths = models.ToDictionary(Name);
        var grid = Grid([.. paths.Keys], options);
        using var study = Study.Open(store, Definition(paths, options, grid[0].Space), new RandomSampler(), origin: origin);
        study.Enqueue(grid);
        var loaded = new Loaded(paths, options);
        study.Run(grid.Count, (trial, stop) => Measure(trial, loaded, options, stop), progress, cancellation);
        return LawAnalysis.Of([.. study.Finished.Where(trial => trial.State == TrialState.Done).Select(Point)], options.Budgets, options.Seed);
    }

    private static List<Assignment> Grid(IReadOnlyList<string> names, FamilyOptions options)
    {
        var space = new SearchSpace(
        [
            new CategoricalParameter(Model, names),
            new CategoricalParameter(Block, [.. options.BlockSizes.Select(size => size.ToString(CultureInfo.InvariantCulture))]),
            new CategoricalParameter(AssignmentGranularity, [.. Enum.GetNames<Granularity>()]),
            new CategoricalParameter(Target, [.. options.Ratios.Select(ratio => ratio.ToString(CultureInfo.InvariantCulture))]),
        ]);

        // What is slow to make, the model, changes most rarely.
        return [.. Enumerable.Range(0, names.Count).SelectMany(model => Enumerable.Range(0, options.BlockSizes.Count).SelectMany(block =>
            Enum.GetValues<Granularity>().SelectMany(granularity => Enumerable.Range(0, options.Ratios.Count).Select(ratio =>
                new Assignment(space, [model, block, (int)granularity, ratio])))))];
    }

    private static StudyDefinition Definition(Dictionary<string, string> paths, FamilyOptions options, SearchSpace space)
    {
        var facts = new Dictionary<string, string>
        {
            ["low"] = options.Low,
            ["search"] = options.Search.Description,
            ["search text"] = $"{Digest(options.SearchText)}, {options.SearchTokens} tokens",
            ["report text"] = $"{Digest(options.ReportText)}, {options.ReportTokens} tokens",
            ["code"] = CodeVersion.Of(typeof(FamilyStudy), typeof(CausalModel), typeof(Workers), typeof(NumberFormat), typeof(Study)),
        };
        foreach (var (name, path) in paths)
            facts[$"model {name}"] = Digest(path);
        return new StudyDefinition { Kind = "scaling law", Space = space, Objectives = [new Objective("loss_increase")], Facts = facts, Seed = options.Seed };
    }

    private static TrialResult Measure(RunningTrial trial, Loaded loaded, FamilyOptions options, CancellationToken cancellation)
    {
        var (model, problem) = loaded.Problem(trial.Assignment, cancellation);
        var low = options.Search.Find(problem, double.Parse(trial.Assignment[Target], CultureInfo.InvariantCulture), trial.Random, cancellation);
        return TrialResult.Done(problem.Measure(low, RatioText.Report, cancellation), new JsonObject
        {
            [Achieved] = problem.RatioOf(low),
            [Parameters] = model.Parameters,
            ["low_units"] = low.Count(isLow => isLow),
            ["units"] = low.Length,
        });
    }

    private static LawPoint Point(Trial trial)
    {
        var columns = trial.ReadColumns();
        return new LawPoint(
            trial.Assignment[Model],
            columns.GetProperty(Parameters).GetInt64(),
            (Granularity)trial.Assignment.Integer(AssignmentGranularity),
            int.Parse(trial.Assignment[Block], CultureInfo.InvariantCulture),
            double.Parse(trial.Assignment[Target], CultureInfo.InvariantCulture),
            columns.GetProperty(Achieved).GetDouble(),
            trial.Objectives[0]);
    }

    private static string Name(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    // Of a folder: its weights.
    private static string Digest(string path)
    {
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*.safetensors").Order(StringComparer.Ordinal) : new[] { path }.AsEnumerable();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The model and the problem that are in memory: one of each.</summary>
    private sealed class Loaded(Dictionary<string, string> paths, FamilyOptions options)
    {
        private string? modelName;
        private FamilyModel? model;
        private string? problemName;
        private RatioProblem? problem;

        public (FamilyModel Model, RatioProblem Problem) Problem(Assignment assignment, CancellationToken cancellation)
        {
            if (modelName != assignment[Model])
                (modelName, model) = (assignment[Model], new FamilyModel(paths[assignment[Model]], options, cancellation));
            var name = $"{modelName} {assignment[AssignmentGranularity]} {assignment[Block]}";
            if (problemName != name)
            {
                var block = int.Parse(assignment[Block], CultureInfo.InvariantCulture);
                (problemName, problem) = (name, model!.Problem((Granularity)assignment.Integer(AssignmentGranularity), block, cancellation));
            }

            return (model!, problem!);
        }
    }
}
