using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Builds the metadata of a GGUF file. Not thread-safe.</summary>
internal sealed class GgufPairs
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Pairs so far.</summary>
    public long Count { get; private set; }

    /// <summary>Their bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.WrittenSpan;

    /// <summary>Adds an unsigned 32-bit integer; nothing for null.</summary>
    public void AddInteger(string key, int? value)
    {
        if (value is not { } number)
            return;
        Head(key, GgufValueType.UInt32);
        Number((uint)number);
    }

    /// <summary>Adds a 32-bit float.</summary>
    public void AddNumber(string key, double value)
    {
        Head(key, GgufValueType.Float32);
        Number(BitConverter.SingleToUInt32Bits((float)value));
    }

    /// <summary>Adds a truth value; nothing for null.</summary>
    public void Add(string key, bool? value)
    {
        if (value is not { } truth)
            return;
        Head(key, GgufValueType.Boolean);
        bytes.Write([truth ? (byte)1 : (byte)0]);
    }

    /// <summary>Adds a text; nothing for null.</summary>
    public void Add(string key, string? value)
    {
        if (value is null)
            return;
        Head(key, GgufValueType.Text);
        Text(value);
    }

    /// <summary>Adds texts.</summary>
    public void Add(string key, IReadOnlyList<string> values)
    {
        ArrayHead(key, GgufValueType.Text, values.Count);
        foreach (var value in values)
            Text(value);
    }

    /// <summary>Adds 32-bit floats.</summary>
    public void Add(string key, IReadOnlyList<float> values)
    {
        ArrayHead(key, GgufValueType.Float32, values.Count);
        foreach (var value in values)
            Number(BitConverter.SingleToUInt32Bits(value));
    }

    /// <summary>Adds signed 32-bit integers.</summary>
    public void Add(string key, IEnumerable<int> values)
    {
        var numbers = values.ToList();
        ArrayHead(key, GgufValueType.Int32, numbers.Count);
        foreach (var value in numbers)
            Number(unchecked((uint)value));
    }

    private void ArrayHead(string key, GgufValueType type, int count)
    {
        Head(key, GgufValueType.Array);
        Number((uint)type);
        Number((ulong)count);
    }

    private void Head(string key, GgufValueType type)
    {
        Text(key);
        Number((uint)type);
        Count++;
    }

    private void Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Number((ulong)utf8.Length);
        bytes.Write(utf8);
    }

    private void Number(uint value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        bytes.Write(buffer);
    }

    private void Number(ulong value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        bytes.Write(buffer);
    }
}
