using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>All that comes before the numbers in a GGUF file: metadata and the places of the tensors.</summary>
/// <remarks>Layout: "GGUF", version, counts of tensors and pairs, the pairs, then for each tensor its name, axes (innermost first), type
/// and offset after the header; the numbers start at a multiple of the alignment. Source: docs/gguf.md of github ggml-org/ggml.</remarks>
internal sealed class GgufHeader
{
    private const int DefaultAlignment = 32;
    private const uint ByteSwapped3 = 0x03000000;
    private const int LeastPairBytes = 13;
    private const int LeastTensorBytes = 32;

    private GgufHeader(uint version, GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors)
    {
        Version = (int)version;
        Metadata = metadata;
        Tensors = tensors;
    }

    /// <summary>The first four bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>2 or 3.</summary>
    public int Version { get; }

    /// <summary>The key-value pairs.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="PithException">The file is malformed, passes a limit, or has something which is not read.</exception>
    public static GgufHeader Read(MappedFile file)
    {
        var cursor = new GgufCursor(file);
        if (file.Length < Magic.Length || !file.Span(0, Magic.Length).SequenceEqual(Magic))
            throw cursor.Bad("expected the bytes GGUF", 0);
        cursor.Skip(Magic.Length, "magic");
        var version = cursor.UInt32("version");
        if (version is not (2 or 3))
            throw new PithException(ModelsErrors.GgufVersion, $"{file.Path}: expected version 2 or 3, found {(version == ByteSwapped3 ? "version 3, big-endian" : version)}");
        var tensorCount = cursor.Count("tensors", LeastTensorBytes, CheckpointLimits.Tensors);
        var pairCount = cursor.Count("metadata pairs", LeastPairBytes, GgufLimits.Pairs);
        var metadata = GgufMetadata.Read(file, cursor, pairCount);
        if (metadata.IntegerOrNull("split.count", 2, int.MaxValue) is { } parts)
            throw new PithException(ModelsErrors.GgufSplit, $"{file.Path}: expected a whole model, found one of {parts} parts");
        var alignment = metadata.Integer("general.alignment", DefaultAlignment, 1, GgufLimits.Alignment);
        if ((alignment & (alignment - 1)) != 0)
            throw metadata.Wrong("general.alignment", "a power of two", $"{alignment}");
        return new GgufHeader(version, metadata, ReadTensors(file, cursor, tensorCount, alignment));
    }

    private static List<GgufTensor> ReadTensors(MappedFile file, GgufCursor cursor, long count, int alignment)
    {
        var tensors = new List<GgufTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0L; index < count; index++)
        {
            var tensor = ReadTensor(file, cursor, alignment);
            if (!names.Add(tensor.Name))
                throw BadTensor(file, tensor.Name, "expected names that differ, found it twice");
            tensors.Add(tensor);
        }

        var start = (cursor.At + alignment - 1) / alignment * alignment;
        for (var index = 0; index < tensors.Count; index++)
        {
            var tensor = tensors[index];
            if (tensor.Bytes > file.Length - start || tensor.Offset > file.Length - start - tensor.Bytes)
                throw BadTensor(file, tensor.Name, $"expected {tensor.Bytes} bytes from byte {tensor.Offset} of the {Math.Max(file.Length - start, 0)} after the header, found the file's end");
            tensors[index] = tensor with { Offset = start + tensor.Offset };
        }

        tensors.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        for (var index = 1; index < tensors.Count; index++)
        {
            if (tensors[index - 1].Offset + tensors[index - 1].Bytes > tensors[index].Offset)
                throw BadTensor(file, tensors[index].Name, $"expected bytes of its own, found it at byte {tensors[index].Offset} inside `{Names.Show(tensors[index - 1].Name)}`");
        }

        return tensors;
    }

    // The offset is still that after the header.
    private static GgufTensor ReadTensor(MappedFile file, GgufCursor cursor, int alignment)
    {
        var name = cursor.Text("tensor name", CheckpointLimits.NameBytes);
        var axes = cursor.UInt32("axes");
        if (axes is < 1 or > GgufLimits.Axes)
            throw BadTensor(file, name, $"expected 1 to {GgufLimits.Axes} axes, found {axes}");
        var shape = new long[axes];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            var length = cursor.UInt64("axis");
            shape[axis] = length is > 0 and <= CheckpointLimits.AxisLength
                ? (long)length
                : throw BadTensor(file, name, $"expected an axis from 1 to {CheckpointLimits.AxisLength}, found {length}");
        }

        var id = cursor.UInt32("tensor type");
        if (GgmlType.Find(id) is not { } type)
            throw new PithException(ModelsErrors.GgufTensorType, $"{file.Path}: tensor `{Names.Show(name)}`: expected a type that is read, found {GgmlType.NameOf(id)}");
        if (shape[^1] % type.BlockValues != 0)
            throw BadTensor(file, name, $"expected rows of whole blocks of {type.BlockValues} numbers in {type.Name}, found rows of {shape[^1]}");
        if (Names.CountElements(shape) is not { } elements || elements / type.BlockValues > long.MaxValue / type.BlockBytes || shape[^1] > int.MaxValue / sizeof(double))
            throw BadTensor(file, name, $"expected a shape which fits a file, found {Names.Show(shape)}");
        var offset = cursor.UInt64("offset");
        if (offset > long.MaxValue || offset % (ulong)alignment != 0)
            throw BadTensor(file, name, $"expected an offset that is a multiple of {alignment}, found {offset}");
        return new GgufTensor(name, type, shape, (long)offset, elements / type.BlockValues * type.BlockBytes);
    }

    private static PithException BadTensor(MappedFile file, string name, string what) =>
        new(ModelsErrors.BadGgufTensor, $"{file.Path}: tensor `{Names.Show(name)}`: {what}");
}
