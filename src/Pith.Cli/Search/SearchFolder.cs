using Pith.Cli.Frame;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Studies;
using Pith.Studies.Samplers;
using Pith.Studies.Stores;

namespace Pith.Cli.Search;

/// <summary>The output folder of a search: it appears whole at the end, or, with a study in it, as soon as there is a trial to keep.</summary>
internal sealed class SearchFolder : IDisposable
{
    private readonly string target;
    private readonly bool isReplaced;
    private readonly IReadOnlyList<string> command;
    private AtomicDirectory? directory;

    /// <summary>Looks at what is there.</summary>
    /// <param name="context">The command line, which a study remembers.</param>
    /// <param name="options">The options <c>--out</c> and <c>--force</c>.</param>
    /// <param name="hasStudy">Whether a study is to be kept in it; one that is there is then resumed.</param>
    /// <exception cref="PithException">Something is there that is neither resumed nor to be replaced.</exception>
    public SearchFolder(VerbContext context, OutputPath options, bool hasStudy)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(context.Get(options.Out)));
        isReplaced = context.Get(options.Force);
        command = context.Arguments;
        IsResumed = hasStudy && !isReplaced && File.Exists(StudyFile);
        if (!IsResumed)
            options.Resolve(context);
    }

    /// <summary>Whether a study that is there is gone on with.</summary>
    public bool IsResumed { get; private set; }

    private string StudyFile => Path.Combine(target, SqliteStudyStore.FileName);

    /// <summary>Opens the study of the folder, or makes both.</summary>
    public Study OpenStudy(StudyDefinition definition, ISampler sampler)
    {
        if (!IsResumed)
        {
            using var empty = AtomicDirectory.Create(target, isReplaced);
            empty.Commit();
            IsResumed = true;
        }

        return Study.Open(
            SqliteStudyStore.Open(StudyFile, StudyAccess.Write), definition, sampler, origin: new StudyOrigin(command, Environment.CurrentDirectory));
    }

    /// <summary>Where to write the results.</summary>
    public string PathToWrite() => IsResumed ? target : (directory ??= AtomicDirectory.Create(target, isReplaced)).Path;

    /// <summary>Gives the folder its final name, where it has not got it yet.</summary>
    public void Commit() => directory?.Commit();

    /// <inheritdoc/>
    public void Dispose() => directory?.Dispose();
}
