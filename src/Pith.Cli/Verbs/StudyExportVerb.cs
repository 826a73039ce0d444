using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Studies;
using Pith.Studies.Trials;

namespace Pith.Cli.Verbs;

/// <summary><c>pith study export</c>: every trial as a line of CSV, or with <c>--json</c> as JSON.</summary>
internal static class StudyExportVerb
{
    private static readonly Argument<string> Folder = StudyVerb.FolderArgument();

    public static Verb Create() => new(
        "export", "Prints every trial: CSV, or JSON with --json.", (context, _) => Execute(context), "pith study export law")
    {
        Folder,
    };

    private static ExitCode Execute(VerbContext context)
    {
        var study = StudyVerb.Read(context.Get(Folder));
        context.Output.Result(
            new { study.Definition.Kind, study.Definition.Identity, trials = study.Trials.Select(trial => StudyVerb.Document(study, trial)) },
            text => Write(text, study));
        return ExitCode.Ok;
    }

    // A column of results for every name that a trial has; what is not a number or text stands as JSON.
    private static void Write(TextWriter text, StudySnapshot study)
    {
        var columns = study.Trials.Select(trial => trial.ReadColumns()).ToList();
        var names = columns.SelectMany(column => column.EnumerateObject().Select(member => member.Name)).Distinct().ToList();
        var definition = study.Definition;
        Line(["trial", "state", .. definition.Objectives.Select(objective => objective.Name), .. definition.Space.Parameters.Select(parameter => parameter.Name), .. names, "reason"]);
        foreach (var (trial, column) in study.Trials.Zip(columns))
        {
            Line(
            [
                trial.Number.ToString(CultureInfo.InvariantCulture),
                StudyVerb.Name(trial.State),
                .. definition.Objectives.Select((_, i) => trial.State == TrialState.Done ? trial.Objectives[i].ToString("R", CultureInfo.InvariantCulture) : ""),
                .. definition.Space.Parameters.Select(parameter => trial.Assignment[parameter.Name]),
                .. names.Select(name => column.TryGetProperty(name, out var value) ? Show(value) : ""),
                trial.Reason ?? "",
            ]);
        }

        void Line(IEnumerable<string> cells) => text.WriteLine(string.Join(',', cells.Select(Quote)));
    }

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // RFC 4180: quoted where a comma, a quote or the end of a line is inside; quotes are doubled.
    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
