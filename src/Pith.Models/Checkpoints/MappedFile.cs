using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>A read-only file seen as memory: the one place of Models that handles pointers.</summary>
/// <remarks>Pages are read when they are touched. Safe to read from several threads; reading after disposal throws. The file must
/// not shrink while it is mapped.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private byte* start;

    private MappedFile(string path, long length, MemoryMappedFile? map)
    {
        Path = path;
        Length = length;
        this.map = map;
        if (map is null)
            return;
        view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="PithException">There is no such file, or it cannot be read (<see cref="ModelsErrors.CannotRead"/>).</exception>
    public static MappedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var length = RandomAccess.GetLength(handle);
            if (length > 0)
                return new MappedFile(path, length, Map(handle));
            handle.Dispose();
            return new MappedFile(path, 0, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PithException(ModelsErrors.CannotRead, $"{path}: {exception.Message}", inner: exception);
        }
    }

    /// <summary>A stretch of the file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches outside the file.</exception>
    /// <exception cref="ObjectDisposedException">The file is no longer mapped.</exception>
    public ReadOnlySpan<byte> Span(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(start is null && Length > 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (offset < 0 || offset > Length - count)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"expected {count} bytes inside the {Length} of {Path}");
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    /// <summary>A stretch of the file as memory that can be kept until the file is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches outside the file.</exception>
    public ReadOnlyMemory<byte> Memory(long offset, int count)
    {
        _ = Span(offset, count);
        return new Stretch(this, offset, count).Memory;
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (start is null)
            return;
        start = null;
        view!.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map!.Dispose();
    }

    private static MemoryMappedFile Map(SafeFileHandle handle) =>
        MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);

    private sealed class Stretch(MappedFile file, long offset, int count) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(file.start is null && count > 0, file);
            return new Span<byte>(file.start + offset, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)count, nameof(elementIndex));
            ObjectDisposedException.ThrowIf(file.start is null && count > 0, file);
            return new MemoryHandle(file.start + offset + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
