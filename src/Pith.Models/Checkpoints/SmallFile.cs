using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>Files which are read whole: configurations, plans, indexes.</summary>
internal static class SmallFile
{
    /// <summary>Reads a file, unless it is longer than any such document.</summary>
    /// <exception cref="PithException">There is no such file, it cannot be read, or it is too long.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            var length = RandomAccess.GetLength(handle);
            if (length > CheckpointLimits.JsonBytes)
                throw new PithException(ModelsErrors.TooLarge, $"{path}: expected at most {CheckpointLimits.JsonBytes} bytes, found {length}");
            var bytes = new byte[length];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is var count and > 0)
                read += count;
            return read == bytes.Length ? bytes : bytes[..read];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PithException(ModelsErrors.CannotRead, $"{path}: {exception.Message}", inner: exception);
        }
    }

    /// <summary>The first bytes of a file, at most as many as asked for.</summary>
    /// <exception cref="PithException">There is no such file, or it cannot be read.</exception>
    public static byte[] ReadStart(string path, int count)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            var bytes = new byte[count];
            return bytes[..RandomAccess.Read(handle, bytes, 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PithException(ModelsErrors.CannotRead, $"{path}: {exception.Message}", inner: exception);
        }
    }
}
