using Pith.Core.Diagnostics;

namespace Pith.Studies.Stores;

/// <summary>Keeps the journal of one study.</summary>
/// <remarks>A journal only grows. What <see cref="Append"/> was given is there whole or not at all, whatever happens to the process; when it
/// returns, a kill loses nothing. (A power cut may lose the last entries, never ones before them.) At most one writer at a time; readers
/// see every entry that was whole when they began. Not thread-safe.</remarks>
public interface IStudyStore : IDisposable
{
    /// <summary>Where it is, for messages.</summary>
    string Location { get; }

    /// <summary>The header, or null where the study was not made yet.</summary>
    /// <exception cref="PithException">It cannot be read (<see cref="StudyErrors.NotAStudy"/>, <see cref="StudyErrors.Damaged"/>).</exception>
    StudyHeader? ReadHeader();

    /// <summary>The journal from its beginning.</summary>
    /// <exception cref="PithException">It is not what was written (<see cref="StudyErrors.Damaged"/>).</exception>
    IReadOnlyList<StudyEvent> ReadJournal();

    /// <summary>Makes the study.</summary>
    /// <exception cref="InvalidOperationException">The store was opened for reading, or the study is made already.</exception>
    /// <exception cref="PithException">Writing failed.</exception>
    void Create(StudyHeader header);

    /// <summary>Adds entries at the end, all of them or none.</summary>
    /// <exception cref="InvalidOperationException">The store was opened for reading, or the study is not made yet.</exception>
    /// <exception cref="PithException">Writing failed.</exception>
    void Append(params IReadOnlyList<StudyEvent> events);
}
