using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Pith.Models.Checkpoints;

/// <summary>Writes a safetensors file piece by piece, holding a quarter of a megabyte for each tensor which is begun.</summary>
/// <remarks>The header is made first, from the entries. Tensors lie in the file by falling element size, then in the order given,
/// so that each is aligned to its elements, as stock readers expect. Each tensor's elements are appended in order; the tensors
/// themselves may be written in any order, also in turns, fastest in that of <see cref="InFileOrder"/>. The file is not whole
/// before <see cref="Finish"/>: write into an <see cref="Pith.Core.Files.AtomicDirectory"/>. Not thread-safe.</remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private const int HeaderAlignment = 8;
    private const int BufferBytes = 1 << 18;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<string, Cursor> cursors = new(StringComparer.Ordinal);

    private SafetensorsWriter(SafeFileHandle handle, IReadOnlyList<TensorEntry> order, long dataStart)
    {
        this.handle = handle;
        InFileOrder = order;
        var offset = dataStart;
        foreach (var entry in order)
        {
            cursors.Add(entry.Name, new Cursor(entry, offset));
            offset += entry.Bytes;
        }

        Bytes = offset;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long Bytes { get; }

    /// <summary>Creates the file and writes its header.</summary>
    /// <param name="path">A file which does not exist yet.</param>
    /// <param name="tensors">All tensors; names differ.</param>
    /// <param name="metadata">Text pairs for the header.</param>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static SafetensorsWriter Create(
        string path, IReadOnlyList<TensorEntry> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var order = tensors.OrderByDescending(entry => entry.Type.Bytes()).ToList();
        if (order.GroupBy(entry => entry.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"expected names that differ, found `{twice.Key}` twice", nameof(tensors));
        var header = Header(order, metadata ?? []);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        try
        {
            Write(file, header, 0);
            return new SafetensorsWriter(file, order, header.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends numbers to a tensor, rounded to its type (nearest, ties to even).</summary>
    /// <param name="name">A tensor of type F32, BF16 or F16.</param>
    /// <param name="values">The next elements, row-major.</param>
    /// <exception cref="ArgumentException">No such tensor, another type, or more elements than it has.</exception>
    public void WriteFloats(string name, ReadOnlySpan<float> values)
    {
        var size = Find(name).Entry.Type.Bytes();
        var cursor = Reserve(name, (long)values.Length * size);
        while (!values.IsEmpty)
        {
            var room = Room(cursor, size);
            var count = Math.Min(values.Length, room.Length / size);
            TensorTypes.FromFloats(cursor.Entry.Type, values[..count], room[..(count * size)]);
            Advance(cursor, count * size);
            values = values[count..];
        }
    }

    /// <summary>Appends stored bytes to a tensor.</summary>
    /// <param name="name">A tensor of any type.</param>
    /// <param name="bytes">The next bytes, little-endian.</param>
    /// <exception cref="ArgumentException">No such tensor, or more bytes than it has.</exception>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes)
    {
        var cursor = Reserve(name, bytes.Length);
        if (bytes.Length >= BufferBytes)
        {
            Flush(cursor);
            Write(handle, bytes, cursor.Offset + cursor.Written);
            cursor.Written += bytes.Length;
            return;
        }

        while (!bytes.IsEmpty)
        {
            var room = Room(cursor, 1);
            var count = Math.Min(bytes.Length, room.Length);
            bytes[..count].CopyTo(room);
            Advance(cursor, count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Checks that every tensor is complete, and sees that the disk has it.</summary>
    /// <exception cref="InvalidOperationException">A tensor lacks elements.</exception>
    public void Finish()
    {
        if (cursors.Values.FirstOrDefault(cursor => cursor.Written + cursor.Buffered != cursor.Entry.Bytes) is { } missing)
            throw new InvalidOperationException($"{missing.Entry.Name}: expected {missing.Entry.Bytes} bytes, found {missing.Written + missing.Buffered} written");
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        foreach (var cursor in cursors.Values)
            cursor.Release();
        handle.Dispose();
    }

    private static byte[] Header(IReadOnlyList<TensorEntry> order, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var json = new ArrayBufferWriter<byte>();
        json.Write(stackalloc byte[sizeof(ulong)]);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("format", "pt");
            foreach (var (key, text) in metadata.Where(pair => pair.Key != "format"))
                writer.WriteString(key, text);
            writer.WriteEndObject();
            var offset = 0L;
            foreach (var entry in order)
            {
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", entry.Type.Name());
                writer.WriteStartArray("shape");
                foreach (var length in entry.Shape)
                    writer.WriteNumberValue(length);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                offset = checked(offset + entry.Bytes);
                writer.WriteNumberValue(offset);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // The format pads with spaces; aligned this way, the data starts at a multiple of the widest element.
        var padding = (HeaderAlignment - (json.WrittenCount % HeaderAlignment)) % HeaderAlignment;
        json.GetSpan(padding)[..padding].Fill((byte)' ');
        json.Advance(padding);
        var header = json.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - sizeof(ulong)));
        return header;
    }

    private Cursor Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return cursors.TryGetValue(name, out var cursor) ? cursor : throw TensorRange.NoSuchTensor(name);
    }

    private Cursor Reserve(string name, long bytes)
    {
        var cursor = Find(name);
        if (bytes > cursor.Entry.Bytes - cursor.Written - cursor.Buffered)
            throw new ArgumentException($"{name}: expected {cursor.Entry.Bytes} bytes, found {cursor.Written + cursor.Buffered + bytes}", nameof(name));
        return cursor;
    }

    private Span<byte> Room(Cursor cursor, int least)
    {
        if (BufferBytes - cursor.Buffered < least)
            Flush(cursor);
        cursor.Buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        return cursor.Buffer.AsSpan(cursor.Buffered, BufferBytes - cursor.Buffered);
    }

    private void Advance(Cursor cursor, int bytes)
    {
        cursor.Buffered += bytes;
        if (cursor.Written + cursor.Buffered < cursor.Entry.Bytes)
            return;
        Flush(cursor);
        cursor.Release();
    }

    private void Flush(Cursor cursor)
    {
        if (cursor.Buffered > 0)
            Write(handle, cursor.Buffer.AsSpan(0, cursor.Buffered), cursor.Offset + cursor.Written);
        cursor.Written += cursor.Buffered;
        cursor.Buffered = 0;
    }

    // .NET reports a file which becomes too large for its file system (FAT: 4 GiB) as a wrong argument.
    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new IOException($"At byte {offset}: {exception.Message}", exception);
        }
    }

    private sealed class Cursor(TensorEntry entry, long offset)
    {
        public TensorEntry Entry { get; } = entry;

        public long Offset { get; } = offset;

        public long Written { get; set; }

        public byte[]? Buffer { get; set; }

        public int Buffered { get; set; }

        public void Release()
        {
            if (Buffer is not null)
                ArrayPool<byte>.Shared.Return(Buffer);
            Buffer = null;
        }
    }
}
