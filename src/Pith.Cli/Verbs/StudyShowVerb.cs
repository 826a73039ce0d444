using System.CommandLine;
using System.Globalization;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;
using Pith.Studies;

namespace Pith.Cli.Verbs;

/// <summary><c>pith study show</c>: what a study is, how far it is, and its best trials.</summary>
internal static class StudyShowVerb
{
    private static readonly Argument<string> Folder = StudyVerb.FolderArgument();

    public static Verb Create() => new(
        "show", "Shows what a study searches, how far it is, and its best trials.", (context, _) => Execute(context), "pith study show law")
    {
        Folder,
    };

    private static ExitCode Execute(VerbContext context)
    {
        var study = StudyVerb.Read(context.Get(Folder));
        var definition = study.Definition;
        var document = new
        {
            folder = context.Get(Folder),
            definition.Kind,
            definition.Identity,
            definition.Facts,
            definition.Seed,
            definition.Sampler,
            definition.Pruner,
            objectives = definition.Objectives,
            parameters = definition.Space.Parameters.Select(parameter => parameter.Name),
            command = study.Origin?.Command,
            trials = StudyVerb.Counts(study),
            best = study.Best is { } best ? StudyVerb.Document(study, best) : null,
            front = definition.Objectives.Count > 1 ? study.Front.Select(trial => StudyVerb.Document(study, trial)) : null,
        };
        context.Output.Result(document, text => text.Write(TextRenderer.Render(View(study)) + TextRenderer.Render(Trials(study))));
        return ExitCode.Ok;
    }

    private static FactList View(StudySnapshot study)
    {
        var definition = study.Definition;
        List<KeyValuePair<string, string>> facts =
        [
            new("kind", definition.Kind),
            new("identity", definition.Identity),
            .. definition.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal),
            new("seed", definition.Seed.ToString(CultureInfo.InvariantCulture)),
            new("sampler", definition.Sampler),
            new("pruner", definition.Pruner),
            new("objectives", string.Join(", ", definition.Objectives.Select(objective => $"{objective.Name} ({objective.Direction.ToString().ToLowerInvariant()})"))),
            new("space", $"{definition.Space.Parameters.Length} parameters in {definition.Space.Groups.Length} groups"),
            new("trials", string.Join(", ", StudyVerb.Counts(study).Select(state => $"{state.Value} {state.Key}"))),
        ];
        if (study.Origin is { } origin)
            facts.Add(new("command", "pith " + string.Join(' ', origin.Command)));
        return new FactList(facts);
    }

    // The front of several objectives, or the one best trial.
    private static Table Trials(StudySnapshot study)
    {
        var table = new Table(
            "Best trials",
            [TableColumn.OfNumber("trial", 0), .. study.Definition.Objectives.Select(objective => TableColumn.OfSignificant(objective.Name, 6)), TableColumn.OfText("other results")]);
        foreach (var trial in study.Definition.Objectives.Count > 1 ? study.Front : study.Best is { } best ? [best] : [])
            table.Add([trial.Number, .. trial.Objectives.Select(value => (Cell)value), Cell.Of(trial.ColumnsJson)]);
        return table;
    }
}
