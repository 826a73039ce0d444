using Pith.Core.Diagnostics;

namespace Pith.Core.Files;

/// <summary>A directory which appears under its final name whole or not at all.</summary>
/// <remarks>Files are written into a sibling with a temporary name; <see cref="Commit"/> renames it. Disposing without a commit
/// (an error, Ctrl-C) removes what was written. A process that is killed leaves at most the sibling, whose name starts with a
/// dot. Several may be made for one name at a time: the last commit wins, or fails where nothing may be replaced.
/// Does not force the disk: after a power cut files may be short. Not thread-safe.</remarks>
public sealed class AtomicDirectory : IDisposable
{
    private readonly string target;
    private readonly bool replace;
    private bool committed;

    private AtomicDirectory(string target, bool replace)
    {
        this.target = target;
        this.replace = replace;
        Path = AtomicFile.Sibling(target);
    }

    /// <summary>Where to write until the commit.</summary>
    public string Path { get; }

    /// <summary>Starts a new directory.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="replace">Whether an existing file or directory of that name is replaced at the commit.</param>
    /// <exception cref="PithException">The name is taken (<see cref="CoreErrors.OutputExists"/>) or the place cannot be
    /// written to (<see cref="CoreErrors.CannotWrite"/>).</exception>
    public static AtomicDirectory Create(string path, bool replace = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var final = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (System.IO.Path.GetDirectoryName(final) is null)
            throw new PithException(CoreErrors.CannotWrite, $"{path}: a file system root cannot be an output");
        if (!replace && System.IO.Path.Exists(final))
            throw new PithException(CoreErrors.OutputExists, $"{path}: expected a free name, found a {(Directory.Exists(final) ? "directory" : "file")}");
        if (IsAround(final, Environment.CurrentDirectory))
            throw new PithException(CoreErrors.CannotWrite, $"{path}: the current directory is inside; it is not replaced", "Choose another --out.");

        var directory = new AtomicDirectory(final, replace);
        try
        {
            Directory.CreateDirectory(directory.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PithException(CoreErrors.CannotWrite, $"{path}: {exception.Message}", inner: exception);
        }

        return directory;
    }

    /// <summary>The path of a file inside, until the commit.</summary>
    public string FilePath(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Gives the directory its final name.</summary>
    /// <exception cref="PithException">The rename failed (<see cref="CoreErrors.CannotWrite"/>) or the name was taken meanwhile.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(committed, this);
        var old = Path + ".old";
        try
        {
            if (System.IO.Path.Exists(target))
            {
                if (!replace)
                    throw new PithException(CoreErrors.OutputExists, $"{target}: expected a free name, found something new there");
                Directory.Move(target, old);
            }

            Directory.Move(Path, target);
            committed = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!System.IO.Path.Exists(target) && System.IO.Path.Exists(old))
                Directory.Move(old, target);
            throw new PithException(CoreErrors.CannotWrite, $"{target}: {exception.Message}", inner: exception);
        }

        Remove(old);
    }

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (!committed)
            Remove(Path);
    }

    private static bool IsAround(string directory, string inner) =>
        inner == directory || inner.StartsWith(directory + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // What cannot be removed is no reason to fail: the result is in place, or another failure is being reported already.
    private static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
