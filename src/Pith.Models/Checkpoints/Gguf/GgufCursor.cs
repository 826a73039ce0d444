using System.Buffers.Binary;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Reads a GGUF file from front to back; nothing outside the file or beyond the cap on its header.</summary>
internal sealed class GgufCursor(MappedFile file)
{
    private readonly long end = Math.Min(file.Length, GgufLimits.HeaderBytes);

    /// <summary>Offset of the next byte.</summary>
    public long At { get; private set; }

    /// <summary>Bytes that are left of the header's most.</summary>
    public long Left => end - At;

    /// <summary>The next 32 bits.</summary>
    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    /// <summary>The next 64 bits.</summary>
    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>The next 64 bits, which count things of at least <paramref name="leastBytes"/> bytes each that are yet to come.</summary>
    public long Count(string what, int leastBytes, long most)
    {
        var at = At;
        var count = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));
        if (count > (ulong)most)
            throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: {what}: expected at most {most}, found {count} at byte {at}");
        if (count > (ulong)(Left / leastBytes))
            throw Bad($"{what}: expected what fits the {Left} bytes that are left, found {count}", at);
        return (long)count;
    }

    /// <summary>The next text.</summary>
    public string Text(string what, int mostBytes)
    {
        var (at, length) = SkipText(what, mostBytes);
        return Encoding.UTF8.GetString(file.Span(at, length));
    }

    /// <summary>Passes over the next text; returns where its bytes lie.</summary>
    public (long Offset, int Length) SkipText(string what, int mostBytes)
    {
        var length = (int)Count(what, 1, mostBytes);
        var at = At;
        At += length;
        return (at, length);
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(long bytes, string what)
    {
        if (bytes > Left)
            throw Bad($"{what}: expected {bytes} bytes, found {Left}", At);
        At += bytes;
    }

    /// <summary>The exception for a file that is not as it must be.</summary>
    public PithException Bad(string what, long at) => new(ModelsErrors.BadGguf, $"{file.Path}: {what} at byte {at}");

    private ReadOnlySpan<byte> Take(int bytes, string what)
    {
        if (bytes > Left)
        {
            throw file.Length > end
                ? new PithException(ModelsErrors.TooLarge, $"{file.Path}: {what}: expected a header of at most {GgufLimits.HeaderBytes} bytes")
                : Bad($"{what}: expected {bytes} bytes, found {Left}", At);
        }

        At += bytes;
        return file.Span(At - bytes, bytes);
    }
}
