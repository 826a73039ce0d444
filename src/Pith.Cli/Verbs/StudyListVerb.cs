using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;
using Pith.Studies;
using Pith.Studies.Stores;

namespace Pith.Cli.Verbs;

/// <summary><c>pith study list</c>: the studies below a folder.</summary>
internal static class StudyListVerb
{
    private const int Depth = 4;

    private static readonly Argument<string> Folder = new("DIR") { Description = "Where to look, four folders deep.", DefaultValueFactory = _ => "." };

    public static Verb Create() => new("list", "Lists the studies below a folder.", Execute, "pith study list .") { Folder };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var root = context.Get(Folder);
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"No folder '{root}'.");
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true };
        var rows = Directory.EnumerateFiles(root, SqliteStudyStore.FileName, options)
            .Order(StringComparer.Ordinal)
            .Select(file => Row(Path.GetDirectoryName(file)!, cancellation))
            .ToList();

        var table = new Table(
            $"{rows.Count} studies below {root}",
            TableColumn.OfText("folder"), TableColumn.OfText("kind"), TableColumn.OfNumber("trials", 0), TableColumn.OfText("states"), TableColumn.OfText("best"));
        foreach (var row in rows)
            table.Add(row.Folder, row.Kind ?? "–", row.Trials, row.States is null ? row.Error! : string.Join(", ", row.States.Select(state => $"{state.Value} {state.Key}")), row.Best ?? "–");
        context.Output.Result(new { studies = rows }, table);
        return ExitCode.Ok;
    }

    // One study that cannot be read does not hide the others.
    private static StudyRow Row(string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var study = StudyVerb.Read(folder);
            return new StudyRow(
                folder, study.Definition.Kind, study.Trials.Length, StudyVerb.Counts(study), study.Best is { } best ? StudyVerb.Line(study, best) : null, null);
        }
        catch (PithException exception)
        {
            return new StudyRow(folder, null, null, null, null, $"{exception.Error.Code}: {exception.Error.Meaning}");
        }
    }

    private sealed record StudyRow(string Folder, string? Kind, double? Trials, Dictionary<string, int>? States, string? Best, string? Error);
}
