using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.Json;

/// <summary>A value of a tokenizer's JSON file that knows where it stands.</summary>
/// <param name="Element">The value.</param>
/// <param name="File">The file's name, for messages.</param>
/// <param name="Path">Where in the file, for messages.</param>
internal readonly record struct JsonNode(JsonElement Element, string File, string Path)
{
    /// <summary>The value's <c>type</c> field; empty when it has none.</summary>
    public string Type => Optional("type")?.Text() ?? "";

    /// <summary>Reads a file and hands its value over, turning what is wrong with it into coded errors.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> json, string file, Func<JsonNode, T> read)
    {
        if (json.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxFileBytes} bytes are read, found {json.Length}.");
        }

        try
        {
            if (json.Span.StartsWith("\uFEFF"u8))
                json = json[3..];
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = TokenizerLimits.MaxJsonDepth });
            return read(new JsonNode(document.RootElement, file, "$"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not UTF-8, or escapes that are no text.
            throw new PithException(
                ModelsErrors.TokenizerJsonMalformed, $"{file}: not valid JSON: {exception.Message}", inner: exception);
        }
    }

    /// <summary>A member; null when it is absent or JSON's null.</summary>
    public JsonNode? Optional(string name)
    {
        Expect(JsonValueKind.Object);
        return Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonNode(value, File, $"{Path}.{name}")
            : null;
    }

    /// <summary>A member that must be there.</summary>
    public JsonNode Required(string name) =>
        Optional(name) ?? throw Malformed($"expected a member '{name}', found none");

    /// <summary>The items of an array.</summary>
    public IEnumerable<JsonNode> Items()
    {
        Expect(JsonValueKind.Array);
        var (element, file, path) = this;
        return element.EnumerateArray().Select((item, index) => new JsonNode(item, file, $"{path}[{index}]"));
    }

    /// <summary>The value as a string.</summary>
    public string Text()
    {
        Expect(JsonValueKind.String);
        return Element.GetString()!;
    }

    /// <summary>The value as a number of ids and the like.</summary>
    public int Integer()
    {
        Expect(JsonValueKind.Number);
        return Element.TryGetInt32(out var value) ? value : throw Malformed("expected an integer of 32 bits");
    }

    /// <summary>The value as a real number.</summary>
    public double Real()
    {
        Expect(JsonValueKind.Number);
        return Element.GetDouble();
    }

    /// <summary>A member as a truth value.</summary>
    public bool Flag(string name, bool absent) => Optional(name) is { } node ? node.Flag() : absent;

    /// <summary>The value as a truth value.</summary>
    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Malformed($"expected true or false, found {Element.ValueKind}"),
    };

    /// <summary>An error at this place.</summary>
    public PithException Malformed(string problem) =>
        new(ModelsErrors.TokenizerJsonMalformed, $"{File}: at {Path}: {problem}.");

    /// <summary>An error for a kind of part that is not read.</summary>
    /// <param name="known">The kinds that are read.</param>
    public PithException Unknown(string known) =>
        new(ModelsErrors.TokenizerUnknown, $"{File}: at {Path}: '{Type}' is not read; known: {known}.");

    private void Expect(JsonValueKind kind)
    {
        if (Element.ValueKind != kind)
            throw Malformed($"expected {kind}, found {Element.ValueKind}");
    }
}
