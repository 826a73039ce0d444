using Pith.Studies.Stores;

namespace Pith.Studies.Tests;

/// <summary>A store whose process is killed at one write, before or after the write is done.</summary>
internal sealed class FaultyStore(IStudyStore inner, int cut, bool isWritten) : IStudyStore
{
    private int writes;

    public string Location => inner.Location;

    public StudyHeader? ReadHeader() => inner.ReadHeader();

    public IReadOnlyList<StudyEvent> ReadJournal() => inner.ReadJournal();

    public void Create(StudyHeader header) => Write(() => inner.Create(header));

    public void Append(params IReadOnlyList<StudyEvent> events) => Write(() => inner.Append(events));

    public void Dispose() => inner.Dispose();

    private void Write(Action write)
    {
        var isCut = writes++ == cut;
        if (!isCut || isWritten)
            write();
        if (isCut)
            throw new CutException();
    }

    internal sealed class CutException : Exception;
}
