using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Studies;
using Pith.Studies.Stores;

namespace Pith.Cli.Search;

/// <summary>The pair <c>--out</c> and <c>--force</c> of every verb that keeps a study in its folder: what is there is gone on with.</summary>
/// <param name="description">What the folder will hold.</param>
internal sealed class StudyOutput(string description)
{
    /// <summary>The folder.</summary>
    public Option<string> Out { get; } = new("--out") { Description = description + " A study that is there is resumed.", HelpName = "DIR", Required = true };

    /// <summary>Whether to begin anew.</summary>
    public Option<bool> Force { get; } = new("--force") { Description = "Forget the study at --out; replace files of other origin." };

    /// <summary>Opens the folder and the study in it for writing.</summary>
    /// <returns>The folder's full path, and the store for <see cref="Study.Open"/>.</returns>
    /// <exception cref="PithException">The folder holds something else and --force is not given (<see cref="CoreErrors.OutputExists"/>), or another
    /// process writes to the study (<see cref="StudyErrors.InUse"/>).</exception>
    public (string Folder, SqliteStudyStore Store) Open(VerbContext context)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(context.Get(Out)));
        var file = Path.Combine(folder, SqliteStudyStore.FileName);
        if (File.Exists(folder) || !File.Exists(file) && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !context.Get(Force))
            throw new PithException(CoreErrors.OutputExists, $"{context.Get(Out)}: expected a free name or the folder of a study, found something else");
        Directory.CreateDirectory(folder);
        if (context.Get(Force))
            SqliteStudyStore.Delete(file);
        return (folder, SqliteStudyStore.Open(file, StudyAccess.Write));
    }

    /// <summary>The command line as it is kept for <c>pith study resume</c>: without what would begin anew.</summary>
    public StudyOrigin Origin(VerbContext context) =>
        new([.. context.Arguments.Where(word => word != Force.Name)], Environment.CurrentDirectory);
}
