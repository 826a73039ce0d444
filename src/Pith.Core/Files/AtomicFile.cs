using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Core.Files;

/// <summary>Writes a file whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary sibling, then renames it to the final name.</summary>
    /// <param name="path">The final name, in a directory that exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="PithException">The name is taken (<see cref="CoreErrors.OutputExists"/>) or writing failed
    /// (<see cref="CoreErrors.CannotWrite"/>).</exception>
    public static void Write(string path, Action<Stream> write, bool replace = true)
    {
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        if (!replace && Path.Exists(target))
            throw new PithException(CoreErrors.OutputExists, $"{path}: expected a free name, found one that is taken");
        var partial = Sibling(target);
        var isWritten = false;
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite: replace);
            isWritten = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PithException(CoreErrors.CannotWrite, $"{path}: {exception.Message}", inner: exception);
        }
        finally
        {
            if (!isWritten && File.Exists(partial))
                File.Delete(partial);
        }
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text, bool replace = true) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), replace);

    /// <summary>A free hidden name beside a file or directory, on the same file system.</summary>
    internal static string Sibling(string target) => Path.Combine(
        Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.partial-{Path.GetFileNameWithoutExtension(Path.GetRandomFileName())}");
}
