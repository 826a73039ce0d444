using System.Buffers.Binary;
using System.Text;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Writes a GGUF file, version 3, front to back: everything before the numbers at once, then the tensors in order.</summary>
/// <remarks>Source: docs/gguf.md of github ggml-org/ggml. Not thread-safe.</remarks>
internal sealed class GgufWriter
{
    private const uint Version = 3;
    private const int Alignment = 32;

    private readonly Stream stream;
    private readonly Queue<(string Name, long Bytes)> expected = new();
    private long left;

    /// <summary>Writes everything before the numbers.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="pairs">The metadata.</param>
    /// <param name="tensors">All tensors in order: name in the file, type, axes outermost first.</param>
    public GgufWriter(Stream stream, GgufPairs pairs, IReadOnlyList<(string Name, GgmlType Type, IReadOnlyList<long> Shape)> tensors)
    {
        this.stream = stream;
        stream.Write(GgufHeader.Magic);
        Number(Version);
        Number((ulong)tensors.Count);
        Number((ulong)pairs.Count);
        stream.Write(pairs.Bytes);
        var offset = 0L;
        foreach (var (name, type, shape) in tensors)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            Number((ulong)utf8.Length);
            stream.Write(utf8);
            Number((uint)shape.Count);
            foreach (var length in shape.Reverse())
                Number((ulong)length);
            Number((uint)type.Id);
            Number((ulong)offset);
            var bytes = shape.Aggregate(1L, (product, length) => product * length) / type.BlockValues * type.BlockBytes;
            expected.Enqueue((name, bytes));
            offset = Aligned(offset + bytes);
        }

        Pad();
    }

    /// <summary>Begins the next tensor.</summary>
    /// <exception cref="InvalidOperationException">Another tensor comes next, or the last one is not complete.</exception>
    public void Begin(string name)
    {
        if (left != 0 || !expected.TryDequeue(out var next) || next.Name != name)
            throw new InvalidOperationException($"expected the tensors in order and complete, found {name}");
        Pad();
        left = next.Bytes;
    }

    /// <summary>Appends bytes to the tensor that was begun.</summary>
    /// <exception cref="InvalidOperationException">More bytes than it has.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > left)
            throw new InvalidOperationException($"expected at most {left} bytes, found {bytes.Length}");
        stream.Write(bytes);
        left -= bytes.Length;
    }

    /// <summary>Checks that all is written, and fills the file up to the alignment.</summary>
    /// <exception cref="InvalidOperationException">Bytes are missing.</exception>
    public void Finish()
    {
        if (left != 0 || expected.Count > 0)
            throw new InvalidOperationException($"expected all tensors, {expected.Count} are missing");
        Pad();
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private void Pad()
    {
        while (stream.Position % Alignment != 0)
            stream.WriteByte(0);
    }

    private void Number(uint value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        stream.Write(buffer);
    }

    private void Number(ulong value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        stream.Write(buffer);
    }
}
