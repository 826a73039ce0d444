using Pith.Core;
using Pith.Core.Diagnostics;

namespace Pith.Studies.Stores;

/// <summary>The right to write to a study, which the system takes back when the process ends, however it ends.</summary>
/// <remarks>An advisory lock on a file beside the database; the file itself stays. Disposing gives the right back.</remarks>
internal sealed class WriterLock : IDisposable
{
    private readonly FileStream file;

    private WriterLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="database">The database that is written to.</param>
    /// <exception cref="PithException">Somebody has it (<see cref="StudyErrors.InUse"/>), or the folder cannot be written to.</exception>
    public static WriterLock Take(string database)
    {
        var path = Path.ChangeExtension(database, ".lock");
        try
        {
            return new WriterLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new PithException(CoreErrors.CannotWrite, $"{database}: {exception.Message}", inner: exception);
        }
        catch (IOException exception)
        {
            throw new PithException(StudyErrors.InUse, $"{database}: expected a study that nobody writes to, found {path} locked by another process", inner: exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
