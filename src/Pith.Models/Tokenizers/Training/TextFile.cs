using Pith.Core.Diagnostics;
using ZstdSharp;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Text files, plain or compressed by Zstandard.</summary>
/// <remarks>Thread-safe.</remarks>
public static class TextFile
{
    /// <summary>Opens a file, decompressing when its name ends in <c>.zst</c>, and reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads the plain bytes; the stream is closed afterwards.</param>
    /// <exception cref="PithException">The file cannot be read (<see cref="ModelsErrors.CannotReadText"/>) or is not what its name
    /// says (<see cref="ModelsErrors.BadText"/>).</exception>
    public static T Read<T>(string path, Func<Stream, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            using var file = File.OpenRead(path);
            using var stream = path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? new DecompressionStream(file, leaveOpen: true) : (Stream)file;
            return read(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PithException(ModelsErrors.CannotReadText, $"{path}: {exception.Message}", inner: exception);
        }
        catch (ZstdException exception)
        {
            throw new PithException(ModelsErrors.BadText, $"{path}: expected Zstandard data: {exception.Message}", inner: exception);
        }
    }
}
