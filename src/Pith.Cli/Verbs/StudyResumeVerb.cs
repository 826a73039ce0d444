using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Studies;

namespace Pith.Cli.Verbs;

/// <summary><c>pith study resume</c>: runs the command again that made a study, which then goes on where it was.</summary>
internal static class StudyResumeVerb
{
    private const string OutOption = "--out";

    private static readonly Argument<string> Folder = StudyVerb.FolderArgument();

    public static Verb Create() => new(
        "resume", "Goes on with a study that was stopped, by the command that made it.", Execute, "pith study resume law")
    {
        Folder,
    };

    private static ExitCode Execute(VerbContext context, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(context.Get(Folder));
        var origin = StudyVerb.Read(folder).Origin
            ?? throw new PithException(StudyErrors.NoCommand, $"{context.Get(Folder)}: expected the command that made the study, found none");
        var words = Moved(origin.Command, folder);
        context.Output.Inform("pith " + string.Join(' ', words));

        var parsed = new Application(VerbTable.Description, VerbTable.All, TextWriter.Null, TextWriter.Null).CreateRoot().Parse(words);
        if (UsageError.Find(parsed) is { } error)
            throw error;
        if (parsed.CommandResult.Command is not Verb verb)
            throw new PithException(StudyErrors.NoCommand, $"{context.Get(Folder)}: '{string.Join(' ', words)}' is no command");

        // Models and texts are named as they were when the study was made.
        var here = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Directory.Exists(origin.Directory) ? origin.Directory : here;
        try
        {
            return verb.Run(new VerbContext(words, parsed, context.Output), cancellation);
        }
        finally
        {
            Environment.CurrentDirectory = here;
        }
    }

    // The folder may have been moved or renamed since.
    private static string[] Moved(IReadOnlyList<string> command, string folder) =>
        [.. command.Select((word, i) => i > 0 && command[i - 1] == OutOption ? folder : word.StartsWith(OutOption + '=', StringComparison.Ordinal) ? $"{OutOption}={folder}" : word)];
}
