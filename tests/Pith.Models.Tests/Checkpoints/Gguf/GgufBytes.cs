using System.Buffers.Binary;
using System.Text;

namespace Pith.Models.Tests.Checkpoints.Gguf;

/// <summary>Builds GGUF files byte by byte, also ones that lie. Says nothing but what it is told.</summary>
internal sealed class GgufBytes
{
    private readonly MemoryStream pairs = new();
    private readonly MemoryStream infos = new();
    private readonly MemoryStream data = new();

    public uint Version { get; init; } = 3;

    public int Alignment { get; init; } = 32;

    /// <summary>A key which is taken once and then no more, so that a whole model can be told with one lie.</summary>
    public string? Except { get; init; }

    public ulong? ClaimedTensors { get; init; }

    public ulong? ClaimedPairs { get; init; }

    public ulong PairCount { get; private set; }

    public ulong TensorCount { get; private set; }

    public static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. UInt64((ulong)bytes.Length), .. bytes];
    }

    public static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] UInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public GgufBytes Raw(string key, uint type, byte[] value)
    {
        if (key == Except && PairCount > 0)
            return this;
        pairs.Write(Text(key));
        pairs.Write(UInt32(type));
        pairs.Write(value);
        PairCount++;
        return this;
    }

    public GgufBytes Pair(string key, uint value) => Raw(key, 4, UInt32(value));

    public GgufBytes Pair(string key, float value) => Raw(key, 6, BitConverter.GetBytes(value));

    public GgufBytes Pair(string key, string value) => Raw(key, 8, Text(value));

    public GgufBytes Pair(string key, bool value) => Raw(key, 7, [value ? (byte)1 : (byte)0]);

    public GgufBytes Pair(string key, params string[] values) =>
        Raw(key, 9, [.. UInt32(8), .. UInt64((ulong)values.Length), .. values.SelectMany(Text)]);

    public GgufBytes Pair(string key, params int[] values) =>
        Raw(key, 9, [.. UInt32(5), .. UInt64((ulong)values.Length), .. values.SelectMany(BitConverter.GetBytes)]);

    public GgufBytes Pair(string key, params float[] values) =>
        Raw(key, 9, [.. UInt32(6), .. UInt64((ulong)values.Length), .. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>Adds a tensor; axes innermost first, as in the file.</summary>
    public GgufBytes Tensor(string name, uint type, byte[] bytes, params ulong[] axes)
    {
        while (data.Length % Alignment != 0)
            data.WriteByte(0);
        Info(name, type, (ulong)data.Length, axes);
        data.Write(bytes);
        return this;
    }

    /// <summary>Adds what is said of a tensor, and no bytes.</summary>
    public GgufBytes Info(string name, uint type, ulong offset, params ulong[] axes)
    {
        infos.Write(Text(name));
        infos.Write(UInt32((uint)axes.Length));
        foreach (var axis in axes)
            infos.Write(UInt64(axis));
        infos.Write(UInt32(type));
        infos.Write(UInt64(offset));
        TensorCount++;
        return this;
    }

    public byte[] ToArray()
    {
        var file = new MemoryStream();
        file.Write("GGUF"u8);
        file.Write(UInt32(Version));
        file.Write(UInt64(ClaimedTensors ?? TensorCount));
        file.Write(UInt64(ClaimedPairs ?? PairCount));
        pairs.WriteTo(file);
        infos.WriteTo(file);
        while (file.Length % Alignment != 0)
            file.WriteByte(0);
        data.WriteTo(file);
        return file.ToArray();
    }
}
