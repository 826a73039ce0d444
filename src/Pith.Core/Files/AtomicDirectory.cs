using System.Globalization;
using Pith.Core.Diagnostics;

namespace Pith.Core.Files;

/// <summary>A directory which appears under its final name whole or not at all.</summary>
/// <remarks>Files are written into a sibling with a temporary name; <see cref="Commit"/> renames it. Disposing without a commit
/// (an error, Ctrl-C) removes what was written. A process that is killed leaves at most the sibling, whose name starts with a
/// dot. Not thread-safe.</remarks>
public sealed class AtomicDirectory : IDisposable
{
    private readonly string target;
    private readonly bool replace;
    private bool committed;

    private AtomicDirectory(string target, bool replace)
    {
        this.target = target;
        this.replace = replace;
        var parent = System.IO.Path.GetDirectoryName(target)!;
        var name = System.IO.Path.GetFileName(target);
        Path = System.IO.Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $".{name}.partial-{Environment.ProcessId}"));
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
        if (!replace && (Directory.Exists(final) || File.Exists(final)))
            throw new PithException(CoreErrors.OutputExists, $"{path}: expected a free name, found a {(Directory.Exists(final) ? "directory" : "file")}");

        var directory = new AtomicDirectory(final, replace);
        try
        {
            if (Directory.Exists(directory.Path))
                Directory.Delete(directory.Path, recursive: true);
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
            if (Directory.Exists(target) || File.Exists(target))
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
            if (!Directory.Exists(target) && (Directory.Exists(old) || File.Exists(old)))
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

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
