using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Tasks;

namespace Pith.Cli.Verbs;

/// <summary>The options of <c>pith eval</c> for multiple-choice tasks, and what they do.</summary>
internal sealed class TaskOptions
{
    private const int MostShots = 64;

    private readonly Option<string?> tasks = new("--tasks")
    {
        Description = $"Multiple-choice tasks, separated by commas: {string.Join(", ", ChoiceTasks.All.Select(task => task.Name))}.",
        HelpName = "NAMES",
    };

    private readonly Option<string?> data = new("--data")
    {
        Description = "The folder with the files of the tasks; of a single task the file itself will do.",
        HelpName = "DIR",
    };

    private readonly Option<int?> limit = new("--limit") { Description = "Use the first N items of each task, or of the labeled texts.", HelpName = "N" };

    private readonly Option<int> shots = new("--shots")
    {
        Description = "Answered examples before each question, from the task's dev or train file. Default: 0.",
        HelpName = "N",
    };

    /// <summary>Caps the number of items; labeled texts have it too.</summary>
    public Option<int?> Limit => limit;

    /// <summary>The options that are for tasks alone.</summary>
    public IEnumerable<Option> Own => [tasks, data, shots];

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { tasks, data, limit, shots })
            verb.Add(option);
    }

    /// <summary>Whether tasks are asked for; refuses options that do not go together.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="others">Options that are for texts.</param>
    public bool Check(VerbContext context, IReadOnlyList<Option> others)
    {
        if (!context.IsGiven(tasks))
        {
            if (new Option[] { data, limit, shots }.FirstOrDefault(context.IsGiven) is { } lone)
                throw Usage($"{lone.Name} goes with --tasks{(lone == limit ? " or --classify" : "")}.");
            return false;
        }

        if (others.FirstOrDefault(context.IsGiven) is { } other)
            throw Usage($"{other.Name} does not go with --tasks.");
        if (context.Get(data) is null)
            throw Usage("--tasks needs --data DIR.");
        if (context.Get(limit) < 1)
            throw Usage($"--limit is at least 1, found {context.Get(limit)}.");
        return context.Get(shots) is >= 0 and <= MostShots ? true : throw Usage($"--shots is 0 to {MostShots}, found {context.Get(shots)}.");
    }

    /// <summary>Lets a model answer the tasks and prints how it does.</summary>
    public void Run(VerbContext context, LanguageModel model, Workers workers, CancellationToken cancellation)
    {
        var work = Read(context, cancellation);
        var all = work.Sum(task => task.Items.Count);
        var done = 0;
        var rows = new List<Row>();
        using (var progress = context.Output.Progress("Evaluating"))
        {
            foreach (var (task, file, items, examples) in work)
            {
                progress.Note = task.Name;
                var before = done;
                var share = new Share(fraction => progress.Report((before + (fraction * items.Count)) / all));
                rows.Add(ToRow(task, file, context.Get(shots), Measure(items, examples, file, share)));
                done += items.Count;
            }
        }

        Print(context, model, rows);

        TaskResult Measure(IReadOnlyList<MultipleChoiceItem> items, IReadOnlyList<MultipleChoiceItem>? examples, string file, IProgress<double> share)
        {
            try
            {
                return MultipleChoice.Measure(model, items, context.Get(shots), examples, workers, share, cancellation);
            }
            catch (PithException exception) when (exception.Error == ModelsErrors.TooFewShots || exception.Error == ModelsErrors.UnscorableChoice)
            {
                throw new PithException(exception.Error, $"{file}: {exception.Message}", exception.Hint, exception);
            }
        }
    }

    private List<Work> Read(VerbContext context, CancellationToken cancellation)
    {
        var names = context.Get(tasks)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var chosen = names.Distinct(StringComparer.Ordinal).Select(ChoiceTasks.Find).ToArray();
        var folder = context.Get(data)!;
        var isFile = File.Exists(folder);
        if (chosen.Length == 0)
            throw Usage("--tasks names no task.");
        if (isFile && (chosen.Length > 1 || context.Get(shots) > 0))
            throw Usage("--data is a folder where there are several tasks or examples.");
        return [.. chosen.Select(task =>
        {
            var file = isFile ? folder : TaskFile.Find(folder, task);
            var examples = context.Get(shots) > 0 ? TaskFile.Read(TaskFile.FindExamples(folder, task), task, null, cancellation) : null;
            return new Work(task, file, TaskFile.Read(file, task, context.Get(limit), cancellation), examples);
        })];
    }

    private static void Print(VerbContext context, LanguageModel model, IReadOnlyList<Row> rows) =>
        context.Output.Result(new { Model = model.Path, Tasks = rows }, text =>
        {
            text.WriteLine($"{"task",-14} {"items",6}   {"acc %",6} {"±",6}   {"acc_norm %",10} {"±",6}");
            foreach (var row in rows)
            {
                text.WriteLine(
                    $"{row.Task,-14} {row.Items,6}   {Percent(row.Acc),6} {Percent(row.AccStderr),6}   {Percent(row.AccNorm),10} {Percent(row.AccNormStderr),6}");
            }

            foreach (var row in rows.Where(row => row.Truncated > 0))
                text.WriteLine($"{row.Task}: {row.Truncated} choices lost the beginning of their context, which is longer than the model's.");
        });

    private static Row ToRow(ChoiceTask task, string file, int shots, TaskResult result) => new(
        task.Name,
        file,
        shots,
        result.Items,
        result.Accuracy.Value,
        result.Accuracy.StandardError,
        result.NormalizedAccuracy.Value,
        result.NormalizedAccuracy.StandardError,
        result.Truncated);

    private static string Percent(double share) => (share * 100).ToString("F2", CultureInfo.InvariantCulture);

    private static PithException Usage(string message) => new(CliErrors.Usage, message);

    private sealed record Work(
        ChoiceTask Task, string File, IReadOnlyList<MultipleChoiceItem> Items, IReadOnlyList<MultipleChoiceItem>? Examples);

    private sealed record Row(
        string Task, string File, int Shots, int Items, double Acc, double AccStderr, double AccNorm, double AccNormStderr, int Truncated);

    private sealed class Share(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
