using System.Buffers.Binary;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The key-value pairs of a GGUF file, read with type and range when they are asked for.</summary>
/// <remarks>Values stay in the mapped file. Source: docs/gguf.md of github ggml-org/ggml. Thread-safe.</remarks>
internal sealed class GgufMetadata
{
    private readonly MappedFile file;
    private readonly Dictionary<string, GgufValue> values = new(StringComparer.Ordinal);

    private GgufMetadata(MappedFile file) => this.file = file;

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => values.Keys;

    /// <summary>Where it was read from, for messages.</summary>
    public string Path => file.Path;

    /// <summary>Reads pairs: where each value lies; nothing is held of a value itself.</summary>
    /// <exception cref="PithException">A pair is malformed or twice there.</exception>
    public static GgufMetadata Read(MappedFile file, GgufCursor cursor, long count)
    {
        var metadata = new GgufMetadata(file);
        for (var index = 0L; index < count; index++)
        {
            var at = cursor.At;
            var key = cursor.Text("metadata key", GgufLimits.KeyBytes);
            if (!metadata.values.TryAdd(key, Pass(cursor, Names.Show(key))))
                throw cursor.Bad($"expected keys that differ, found `{Names.Show(key)}` twice,", at);
        }

        return metadata;
    }

    /// <summary>Whether there is a value.</summary>
    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>Whether a value is an array.</summary>
    public bool IsArray(string key) => values.TryGetValue(key, out var value) && value.IsArray;

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string key)
    {
        if (!values.TryGetValue(key, out var value))
            return null;
        return value is { Type: GgufValueType.Text, IsArray: false } ? TextAt(value.Offset, out _) : throw Wrong(key, "a text", value.Kind);
    }

    /// <summary>An integer; the default where there is none.</summary>
    public int Integer(string key, int? otherwise, int least, int most)
    {
        if (!values.TryGetValue(key, out var value))
            return otherwise ?? throw Missing(key);
        if (value.IsArray || !IsInteger(value.Type))
            throw Wrong(key, "an integer", value.Kind);
        var number = IntegerAt(value.Type, value.Offset);
        return number >= least && number <= most ? (int)number : throw Wrong(key, $"an integer from {least} to {most}", $"{number}");
    }

    /// <summary>An integer that may be out of range or absent; null then.</summary>
    public int? IntegerOrNull(string key, int least, int most)
    {
        if (!values.TryGetValue(key, out var value) || value.IsArray || !IsInteger(value.Type))
            return null;
        var number = IntegerAt(value.Type, value.Offset);
        return number >= least && number <= most ? (int)number : null;
    }

    /// <summary>A finite number; the default where there is none.</summary>
    public double Number(string key, double? otherwise, double least, double most)
    {
        if (!values.TryGetValue(key, out var value))
            return otherwise ?? throw Missing(key);
        if (value.IsArray || (!IsInteger(value.Type) && value.Type is not (GgufValueType.Float32 or GgufValueType.Float64)))
            throw Wrong(key, "a number", value.Kind);
        var number = value.Type switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(file.Span(value.Offset, sizeof(float))),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(file.Span(value.Offset, sizeof(double))),
            _ => (double)IntegerAt(value.Type, value.Offset),
        };
        return number >= least && number <= most ? number : throw Wrong(key, FormattableString.Invariant($"a number from {least} to {most}"), FormattableString.Invariant($"{number}"));
    }

    /// <summary>A truth value; null where there is none.</summary>
    public bool? Truth(string key)
    {
        if (!values.TryGetValue(key, out var value))
            return null;
        return value is { Type: GgufValueType.Boolean, IsArray: false } ? file.Span(value.Offset, 1)[0] != 0 : throw Wrong(key, "true or false", value.Kind);
    }

    /// <summary>The texts of an array.</summary>
    /// <exception cref="PithException">There is no such array, or it has more elements than <paramref name="most"/>.</exception>
    public List<string> Texts(string key, int most)
    {
        var value = Array(key, most, type => type == GgufValueType.Text, "an array of texts");
        var texts = new List<string>((int)value.Count);
        var at = value.Offset;
        for (var index = 0L; index < value.Count; index++)
            texts.Add(TextAt(at, out at));
        return texts;
    }

    /// <summary>The integers of an array.</summary>
    /// <exception cref="PithException">There is no such array, or it has more elements than <paramref name="most"/>.</exception>
    public int[] Integers(string key, int most)
    {
        var value = Array(key, most, IsInteger, "an array of integers");
        var numbers = new int[value.Count];
        for (var index = 0; index < numbers.Length; index++)
        {
            var number = IntegerAt(value.Type, value.Offset + ((long)index * GgufValue.Bytes(value.Type)));
            numbers[index] = number >= int.MinValue && number <= int.MaxValue ? (int)number : throw Wrong(key, "integers of 32 bits", $"{number}");
        }

        return numbers;
    }

    /// <summary>The 32-bit floats of an array.</summary>
    /// <exception cref="PithException">There is no such array, or it has more elements than <paramref name="most"/>.</exception>
    public float[] Floats(string key, int most)
    {
        var value = Array(key, most, type => type == GgufValueType.Float32, "an array of Float32");
        var numbers = new float[value.Count];
        for (var index = 0; index < numbers.Length; index++)
            numbers[index] = BinaryPrimitives.ReadSingleLittleEndian(file.Span(value.Offset + ((long)index * sizeof(float)), sizeof(float)));
        return numbers;
    }

    /// <summary>The exception for a value that is not as it must be.</summary>
    public PithException Wrong(string key, string expected, string found) =>
        new(ModelsErrors.BadGgufMetadata, $"{file.Path}: `{Names.Show(key)}`: expected {expected}, found {found}");

    private static bool IsInteger(GgufValueType type) => type is GgufValueType.Byte or GgufValueType.SByte or GgufValueType.UInt16
        or GgufValueType.Int16 or GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.UInt64 or GgufValueType.Int64;

    private static GgufValue Pass(GgufCursor cursor, string key)
    {
        var type = Type(cursor, key);
        if (type != GgufValueType.Array)
        {
            var at = cursor.At;
            PassElements(cursor, key, type, 1, 0);
            return new GgufValue(type, false, at, 1);
        }

        var (element, count) = ArrayHead(cursor, key);
        var value = new GgufValue(element, true, cursor.At, count);
        PassElements(cursor, key, element, count, 1);
        return value;
    }

    private static void PassElements(GgufCursor cursor, string key, GgufValueType type, long count, int depth)
    {
        switch (type)
        {
            case GgufValueType.Text:
                for (var index = 0L; index < count; index++)
                    cursor.SkipText(key, GgufLimits.TextBytes);
                break;
            case GgufValueType.Array:
                if (depth >= GgufLimits.ArrayDepth)
                    throw cursor.Bad($"`{key}`: expected arrays at most {GgufLimits.ArrayDepth} deep, found deeper ones", cursor.At);
                for (var index = 0L; index < count; index++)
                {
                    var (element, inner) = ArrayHead(cursor, key);
                    PassElements(cursor, key, element, inner, depth + 1);
                }

                break;
            default:
                cursor.Skip(count * GgufValue.Bytes(type), key);
                break;
        }
    }

    // A text takes at least its length's 8 bytes, an array at least 12.
    private static (GgufValueType Type, long Count) ArrayHead(GgufCursor cursor, string key)
    {
        const int LengthBytes = sizeof(ulong);
        var type = Type(cursor, key);
        var least = type switch { GgufValueType.Text => LengthBytes, GgufValueType.Array => LengthBytes + sizeof(uint), _ => GgufValue.Bytes(type) };
        return (type, cursor.Count($"`{key}`: elements", least, GgufLimits.HeaderBytes));
    }

    private static GgufValueType Type(GgufCursor cursor, string key)
    {
        var at = cursor.At;
        var type = cursor.UInt32($"`{key}`: type");
        return GgufValue.IsKnown(type) ? (GgufValueType)type : throw cursor.Bad($"`{key}`: expected a type from 0 to 12, found {type}", at);
    }

    private GgufValue Array(string key, int most, Func<GgufValueType, bool> isType, string expected)
    {
        if (!values.TryGetValue(key, out var value))
            throw Missing(key);
        if (!value.IsArray || !isType(value.Type))
            throw Wrong(key, expected, value.Kind);
        return value.Count <= most
            ? value
            : throw new PithException(ModelsErrors.TooLarge, $"{file.Path}: `{Names.Show(key)}`: expected at most {most} elements, found {value.Count}");
    }

    private string TextAt(long offset, out long next)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.Span(offset, sizeof(ulong)));
        next = offset + sizeof(ulong) + length;
        return Encoding.UTF8.GetString(file.Span(offset + sizeof(ulong), length));
    }

    private Int128 IntegerAt(GgufValueType type, long offset)
    {
        var bytes = file.Span(offset, GgufValue.Bytes(type));
        return type switch
        {
            GgufValueType.Byte => bytes[0],
            GgufValueType.SByte => unchecked((sbyte)bytes[0]),
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    private PithException Missing(string key) => new(ModelsErrors.BadGgufMetadata, $"{file.Path}: expected the key `{Names.Show(key)}`, found none");
}
