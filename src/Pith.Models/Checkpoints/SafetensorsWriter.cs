using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Pith.Models.Checkpoints;

/// <summary>Writes a safetensors file tensor by tensor, holding one megabyte.</summary>
/// <remarks>The header is made first, from the entries. Tensors lie in the file by falling element size, then in the order given,
/// so that each is aligned to its elements, as stock readers expect. Each tensor's elements are appended in order; tensors may be
/// written in any order, one after another, fastest in that of <see cref="InFileOrder"/>. The file is not whole before <see cref="Finish"/>: write into an
/// <see cref="Pith.Core.Files.AtomicDirectory"/>. Not thread-safe.</remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private const int HeaderAlignment = 8;
    private const int BufferBytes = 1 << 20;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<string, Cursor> cursors = new(StringComparer.Ordinal);
    private readonly byte[] buffer = new byte[BufferBytes];
    private Cursor? current;
    private int buffered;

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
            RandomAccess.Write(file, header, 0);
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
        var cursor = Seek(name, checked((long)values.Length * Find(name).Entry.Type.Bytes()));
        var size = cursor.Entry.Type.Bytes();
        while (!values.IsEmpty)
        {
            if (BufferBytes - buffered < size)
                Flush();
            var count = Math.Min(values.Length, (BufferBytes - buffered) / size);
            TensorTypes.FromFloats(cursor.Entry.Type, values[..count], buffer.AsSpan(buffered, count * size));
            buffered += count * size;
            cursor.Written += count * size;
            values = values[count..];
        }
    }

    /// <summary>Appends stored bytes to a tensor.</summary>
    /// <param name="name">A tensor of any type.</param>
    /// <param name="bytes">The next bytes, little-endian.</param>
    /// <exception cref="ArgumentException">No such tensor, or more bytes than it has.</exception>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes)
    {
        var cursor = Seek(name, bytes.Length);
        if (bytes.Length > BufferBytes - buffered)
            Flush();
        if (bytes.Length > BufferBytes)
        {
            RandomAccess.Write(handle, bytes, cursor.Offset + cursor.Written);
        }
        else
        {
            bytes.CopyTo(buffer.AsSpan(buffered));
            buffered += bytes.Length;
        }

        cursor.Written += bytes.Length;
    }

    /// <summary>Writes what is still held, and checks that every tensor is complete.</summary>
    /// <exception cref="InvalidOperationException">A tensor lacks elements.</exception>
    public void Finish()
    {
        Flush();
        if (cursors.Values.FirstOrDefault(cursor => cursor.Written != cursor.Entry.Bytes) is { } missing)
            throw new InvalidOperationException($"{missing.Entry.Name}: expected {missing.Entry.Bytes} bytes, found {missing.Written} written");
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

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

    private Cursor Seek(string name, long bytes)
    {
        var cursor = Find(name);
        if (bytes > cursor.Entry.Bytes - cursor.Written)
            throw new ArgumentException($"{name}: expected {cursor.Entry.Bytes} bytes, found {cursor.Written + bytes}", nameof(name));
        if (!ReferenceEquals(cursor, current))
            Flush();
        current = cursor;
        return cursor;
    }

    private void Flush()
    {
        if (buffered > 0)
            RandomAccess.Write(handle, buffer.AsSpan(0, buffered), current!.Offset + current.Written - buffered);
        buffered = 0;
    }

    private sealed class Cursor(TensorEntry entry, long offset)
    {
        public TensorEntry Entry { get; } = entry;

        public long Offset { get; } = offset;

        public long Written { get; set; }
    }
}
