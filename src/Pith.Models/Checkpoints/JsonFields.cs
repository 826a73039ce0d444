using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>The members of a JSON object from an untrusted file, read with type and range.</summary>
/// <param name="element">A JSON object.</param>
/// <param name="where">File and path of the object, for messages.</param>
/// <param name="error">The error of a member that is not as it must be.</param>
internal readonly struct JsonFields(JsonElement element, string where, ErrorCode error)
{
    /// <summary>Parses a document whose root is an object.</summary>
    /// <exception cref="PithException">The text is no such JSON (<paramref name="error"/>) or too long (<see cref="ModelsErrors.TooLarge"/>).</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string where, ErrorCode error)
    {
        if (json.Length > CheckpointLimits.JsonBytes)
            throw new PithException(ModelsErrors.TooLarge, $"{where}: expected at most {CheckpointLimits.JsonBytes} bytes, found {json.Length}");
        try
        {
            if (!Utf8.IsValid(json.Span))
                throw new PithException(error, $"{where}: expected JSON in UTF-8");
            var text = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
            var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = CheckpointLimits.JsonDepth });
            RequireUniqueNames(document.RootElement);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            throw new PithException(error, $"{where}: expected a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PithException(error, $"{where}: expected JSON: {exception.Message}", inner: exception);
        }
    }

    // The parser's own check seeds its hashes by a cryptographic library, whose loading takes longer than reading a small model.
    private static void RequireUniqueNames(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                RequireUniqueNames(item);
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!names.Add(member.Name))
                throw new JsonException($"the name `{Names.Show(member.Name)}` comes twice in one object");
            RequireUniqueNames(member.Value);
        }
    }

    /// <summary>Whether the object has the member and it is not null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the object has the member, null or not.</summary>
    public bool HasEvenNull(string name) => element.TryGetProperty(name, out _);

    /// <summary>An integer; the default where the member is absent or null.</summary>
    public int Integer(string name, int? otherwise, int least, int most)
    {
        if (!Has(name))
            return otherwise ?? throw Missing(name);
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"an integer from {least} to {most}"));
    }

    /// <summary>A finite number; the default where the member is absent or null.</summary>
    public double Number(string name, double? otherwise, double least, double most)
    {
        if (!Has(name))
            return otherwise ?? throw Missing(name);
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));
    }

    /// <summary>A truth value; the default where the member is absent or null.</summary>
    public bool Truth(string name, bool otherwise)
    {
        if (!Has(name))
            return otherwise;
        return element.GetProperty(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false"),
        };
    }

    /// <summary>A text; null where the member is absent or null.</summary>
    public string? Text(string name)
    {
        if (!Has(name))
            return null;
        return TextOf(element.GetProperty(name)) ?? throw Wrong(name, "a string");
    }

    /// <summary>The texts of an array; empty where the member is absent or null.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!Has(name))
            return [];
        var value = element.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, "an array of strings");
        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
            texts.Add(TextOf(item) ?? throw Wrong(name, "an array of strings"));
        return texts;
    }

    /// <summary>Integers written as one number or as an array; empty where the member is absent or null.</summary>
    public IReadOnlyList<int> Integers(string name)
    {
        if (!Has(name))
            return [];
        var value = element.GetProperty(name);
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        var numbers = new int[items.Length];
        for (var index = 0; index < items.Length; index++)
        {
            if (items[index].ValueKind != JsonValueKind.Number || !items[index].TryGetInt32(out numbers[index]))
                throw Wrong(name, "an integer or an array of integers");
        }

        return numbers;
    }

    /// <summary>A member which is an object; null where it is absent or null.</summary>
    public JsonFields? Object(string name)
    {
        if (!Has(name))
            return null;
        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object
            ? new JsonFields(value, $"{where}: {name}", error)
            : throw Wrong(name, "an object");
    }

    /// <summary>The names of all members.</summary>
    public IEnumerable<string> MemberNames() => element.EnumerateObject().Select(member => member.Name);

    /// <summary>The exception for a member that is not as it must be.</summary>
    public PithException Wrong(string name, string expected) =>
        new(error, $"{where}: `{name}`: expected {expected}, found {Names.Show(element.GetProperty(name).GetRawText())}");

    private PithException Missing(string name) => new(error, $"{where}: expected a member `{name}`, found none");

    // A string with half of a surrogate pair has no text.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
