using System.CommandLine;
using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Studies;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Cli.Verbs;

/// <summary><c>pith study</c>: looks at searches, takes their trials out, goes on with them.</summary>
internal static class StudyVerb
{
    public static Command Create() => new("study", "Looks at searches and goes on with them.")
    {
        StudyListVerb.Create(),
        StudyShowVerb.Create(),
        StudyExportVerb.Create(),
        StudyResumeVerb.Create(),
    };

    /// <summary>The folder of a study.</summary>
    public static Argument<string> FolderArgument() => new("DIR") { Description = "The folder that a search wrote to." };

    /// <summary>Reads the study of a folder, which a search may be writing to.</summary>
    /// <exception cref="PithException">There is none, or it is damaged.</exception>
    public static StudySnapshot Read(string folder)
    {
        using var store = SqliteStudyStore.Open(Path.Combine(folder, SqliteStudyStore.FileName), StudyAccess.Read);
        return StudySnapshot.Read(store);
    }

    /// <summary>How many trials are in each state, in the order of the states; absent states are left out.</summary>
    public static Dictionary<string, int> Counts(StudySnapshot study) => study.Trials.GroupBy(trial => trial.State)
        .OrderBy(group => group.Key)
        .ToDictionary(group => Name(group.Key), group => group.Count());

    /// <summary>Name of a state.</summary>
    public static string Name(TrialState state) => state.ToString().ToLowerInvariant();

    /// <summary>The objectives of a done trial by name.</summary>
    public static Dictionary<string, double> Objectives(StudySnapshot study, Trial trial) => trial.Objectives
        .Select((value, i) => (study.Definition.Objectives[i].Name, Value: value))
        .ToDictionary(pair => pair.Name, pair => pair.Value);

    /// <summary>One trial as it stands in a JSON document.</summary>
    public static object Document(StudySnapshot study, Trial trial) => new
    {
        trial.Number,
        State = Name(trial.State),
        Objectives = Objectives(study, trial),
        Values = study.Definition.Space.Parameters.ToDictionary(parameter => parameter.Name, parameter => trial.Assignment[parameter.Name]),
        Columns = trial.ReadColumns(),
        trial.Reason,
        Intermediates = trial.Intermediates.Length > 0 ? trial.Intermediates.Select(value => new { value.Step, value.Value }) : null,
    };

    /// <summary>The objectives of a trial in a line.</summary>
    public static string Line(StudySnapshot study, Trial trial) => string.Join(", ", Objectives(study, trial)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:G6}")));
}
