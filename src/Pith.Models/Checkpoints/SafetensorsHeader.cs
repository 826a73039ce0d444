using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>The header of a safetensors file: 8 bytes of length, then a JSON object of tensors.</summary>
/// <remarks>Source: github huggingface/safetensors, README "Format" and the checks of its reader: offsets start at 0, follow one
/// another without holes or overlaps, and end with the file. Nothing is allocated that the file merely claims.</remarks>
internal sealed class SafetensorsHeader
{
    private const int LengthBytes = 8;

    private readonly MappedFile file;
    private readonly List<StoredTensor> tensors = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(MappedFile file) => this.file = file;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<StoredTensor> Tensors => tensors;

    /// <summary>The free text pairs of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads and checks the header of a file.</summary>
    /// <exception cref="PithException">It is malformed; the message names file, tensor and offset.</exception>
    public static SafetensorsHeader Read(MappedFile file)
    {
        var header = new SafetensorsHeader(file);
        var length = header.ReadLength();
        header.ReadJson(file.Span(LengthBytes, length));
        header.CheckLayout(LengthBytes + length);
        return header;
    }

    private int ReadLength()
    {
        if (file.Length < LengthBytes)
            throw Malformed($"expected 8 bytes of header length, found a file of {file.Length} bytes", 0);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, LengthBytes));
        if (length > CheckpointLimits.HeaderBytes)
            throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: expected a header of at most {CheckpointLimits.HeaderBytes} bytes, found {length} at byte 0");
        if ((long)length > file.Length - LengthBytes)
            throw Malformed($"expected a header of {length} bytes, found {file.Length - LengthBytes} bytes after its length", 0);
        return (int)length;
    }

    private void ReadJson(ReadOnlySpan<byte> json)
    {
        if (json.Length == 0 || json[0] != (byte)'{')
            throw Malformed("expected a JSON object", LengthBytes);
        if (!Utf8.IsValid(json))
            throw Malformed("expected UTF-8 text", LengthBytes);

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = CheckpointLimits.HeaderDepth });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = Text(ref reader);
                reader.Read();
                if (name == "__metadata__")
                    ReadMetadata(ref reader);
                else
                    tensors.Add(ReadTensor(ref reader, name));
                CheckCount(tensors.Count, "tensors");
            }

            while (reader.Read())
            {
                // Reading to the end finds anything but white space after the object.
            }
        }
        catch (JsonException exception)
        {
            throw new PithException(
                ModelsErrors.BadSafetensors,
                $"{file.Path}: expected JSON, found an error after byte {LengthBytes + reader.BytesConsumed}: {exception.Message}",
                inner: exception);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Malformed("__metadata__: expected an object", Position(ref reader));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Malformed($"__metadata__: `{Names.Show(key)}`: expected a string", Position(ref reader));
            if (!metadata.TryAdd(key, Text(ref reader, longest: CheckpointLimits.MetadataBytes)))
                throw Malformed($"__metadata__: `{Names.Show(key)}` appears twice", Position(ref reader));
            CheckCount(metadata.Count, "texts in __metadata__");
        }
    }

    private StoredTensor ReadTensor(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Malformed($"tensor `{Names.Show(name)}`: expected an object", Position(ref reader));
        TensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Text(ref reader);
            if ((member == "dtype" && type is not null) || (member == "shape" && shape is not null) || (member == "data_offsets" && offsets is not null))
                throw Malformed($"tensor `{Names.Show(name)}`: {member} appears twice", Position(ref reader));
            reader.Read();
            switch (member)
            {
                case "dtype":
                    type = ReadType(ref reader, name);
                    break;
                case "shape":
                    shape = ReadIntegers(ref reader, name, member, CheckpointLimits.Axes);
                    break;
                case "data_offsets":
                    offsets = ReadIntegers(ref reader, name, member, 2);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Malformed($"tensor `{Names.Show(name)}`: expected dtype, shape and two data_offsets", Position(ref reader));
        return Place(new TensorEntry(name, type.Value, shape), begin, end);
    }

    private TensorType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Malformed($"tensor `{Names.Show(name)}`: dtype: expected a string", Position(ref reader));
        var text = Text(ref reader);
        return TensorTypes.Find(Encoding.UTF8.GetBytes(text)) ?? throw new PithException(
            ModelsErrors.UnknownTensorType,
            $"{file.Path}: tensor `{Names.Show(name)}`: expected one of {TensorTypes.KnownNames}, found `{Names.Show(text)}` at byte {Position(ref reader)}");
    }

    private long[] ReadIntegers(ref Utf8JsonReader reader, string name, string member, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Malformed($"tensor `{Names.Show(name)}`: {member}: expected an array", Position(ref reader));
        var values = new List<long>(2);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 0 || values.Count == most)
                throw Malformed($"tensor `{Names.Show(name)}`: {member}: expected at most {most} integers from 0 to 2^63-1", Position(ref reader));
            values.Add(value);
        }

        return [.. values];
    }

    // Offsets are relative to the end of the header until CheckLayout has seen all of them.
    private StoredTensor Place(TensorEntry entry, long begin, long end)
    {
        if (Names.CountElements(entry.Shape) is not { } elements || elements > long.MaxValue / entry.Type.Bytes())
            throw Wrong(entry, $"expected a shape of axes up to {CheckpointLimits.AxisLength} which fits a file, found {Names.Show(entry.Shape)}");
        if (end - begin != entry.Bytes)
            throw Wrong(entry, $"expected {entry.Bytes} bytes for {entry.Type.Name()} {Names.Show(entry.Shape)}, found data_offsets {begin} to {end}");
        return new StoredTensor(entry, begin);
    }

    private void CheckLayout(long dataStart)
    {
        tensors.Sort(static (left, right) => (left.Offset, left.Bytes, left.Entry.Name).CompareTo((right.Offset, right.Bytes, right.Entry.Name)));
        var next = 0L;
        var seen = new HashSet<string>(tensors.Count, StringComparer.Ordinal);
        for (var index = 0; index < tensors.Count; index++)
        {
            var (entry, offset) = tensors[index];
            if (!seen.Add(entry.Name))
                throw Wrong(entry, "expected one entry of this name, found two");
            if (offset != next)
                throw Wrong(entry, $"expected its bytes from offset {next} on ({(offset < next ? "it overlaps another tensor" : "there is a hole before it")}), found {offset}");
            if (entry.Bytes > file.Length - dataStart - offset)
                throw Wrong(entry, $"expected {entry.Bytes} bytes at byte {dataStart + offset}, found a file of {file.Length} bytes");
            next += entry.Bytes;
            tensors[index] = new StoredTensor(entry, dataStart + offset);
        }

        if (dataStart + next != file.Length)
            throw Malformed($"expected the file to end after its last tensor, found {file.Length - dataStart - next} more bytes", dataStart + next);
    }

    private string Text(ref Utf8JsonReader reader, int longest = CheckpointLimits.NameBytes)
    {
        if (reader.ValueSpan.Length > longest)
            throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: expected a text of at most {longest} bytes, found {reader.ValueSpan.Length} at byte {Position(ref reader)}");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            // An escape which is half of a surrogate pair.
            throw new PithException(ModelsErrors.BadSafetensors, $"{file.Path}: expected Unicode text at byte {Position(ref reader)}", inner: exception);
        }
    }

    private void CheckCount(int count, string what)
    {
        if (count > CheckpointLimits.Tensors)
            throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: expected at most {CheckpointLimits.Tensors} {what}, found more");
    }

    private static long Position(ref Utf8JsonReader reader) => LengthBytes + reader.TokenStartIndex;

    private PithException Malformed(string what, long offset) =>
        new(ModelsErrors.BadSafetensors, $"{file.Path}: {what} at byte {offset}");

    private PithException Wrong(TensorEntry entry, string what) =>
        new(ModelsErrors.BadTensor, $"{file.Path}: tensor `{Names.Show(entry.Name)}`: {what}");
}
