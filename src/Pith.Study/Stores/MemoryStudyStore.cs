using Pith.Core.Diagnostics;

namespace Pith.Studies.Stores;

/// <summary>Keeps a study in memory: for tests and for searches that need not outlive the process.</summary>
/// <remarks>Behaves as <see cref="SqliteStudyStore"/> does. Not thread-safe.</remarks>
public sealed class MemoryStudyStore : IStudyStore
{
    private readonly Content content;
    private readonly StudyAccess access;
    private bool isDisposed;

    /// <summary>Opens an empty store for writing.</summary>
    public MemoryStudyStore()
        : this(new Content(), StudyAccess.Write)
    {
    }

    private MemoryStudyStore(Content content, StudyAccess access)
    {
        if (access == StudyAccess.Write)
        {
            if (content.HasWriter)
                throw new PithException(StudyErrors.InUse, "expected a study that nobody writes to, found one with a writer");
            content.HasWriter = true;
        }

        this.content = content;
        this.access = access;
    }

    /// <inheritdoc/>
    public string Location => "memory";

    /// <summary>Opens the same content once more, as another process would.</summary>
    /// <exception cref="PithException">Another writer is open (<see cref="StudyErrors.InUse"/>).</exception>
    public MemoryStudyStore Reopen(StudyAccess access) => new(content, access);

    /// <inheritdoc/>
    public StudyHeader? ReadHeader() => content.Header;

    /// <inheritdoc/>
    public IReadOnlyList<StudyEvent> ReadJournal() => [.. content.Journal];

    /// <inheritdoc/>
    public void Create(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (access != StudyAccess.Write || content.Header is not null)
            throw new InvalidOperationException("A study is made once, by a writer.");
        content.Header = header;
    }

    /// <inheritdoc/>
    public void Append(params IReadOnlyList<StudyEvent> events)
    {
        if (access != StudyAccess.Write || content.Header is null)
            throw new InvalidOperationException("Entries are added by a writer, to a study that was made.");
        content.Journal.AddRange(events);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isDisposed && access == StudyAccess.Write)
            content.HasWriter = false;
        isDisposed = true;
    }

    private sealed class Content
    {
        public StudyHeader? Header { get; set; }

        public List<StudyEvent> Journal { get; } = [];

        public bool HasWriter { get; set; }
    }
}
