using System.Globalization;
using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Models.Evaluation.Tasks;

/// <summary>One object of a task's file, and where it stands.</summary>
internal sealed class TaskLine(JsonElement fields, string path, int number)
{
    /// <summary>The line's number, from 1.</summary>
    public int Number => number;

    /// <summary>Whether a field is there, of whatever kind.</summary>
    public bool Has(string name) => fields.TryGetProperty(name, out _);

    /// <summary>A string that is not empty.</summary>
    public string Text(string name) => TryText(fields, name) ?? throw Wrong($"a string \"{name}\" that is not empty");

    /// <summary>An array of at least two strings.</summary>
    public IReadOnlyList<string> Texts(string name) => Texts(fields, name, name);

    /// <summary>The texts and labels of a field <c>{text: [], label: []}</c>.</summary>
    public (IReadOnlyList<string> Texts, IReadOnlyList<string> Labels) Labelled(string name)
    {
        if (!fields.TryGetProperty(name, out var field) || field.ValueKind != JsonValueKind.Object)
            throw Wrong($"an object \"{name}\" with \"text\" and \"label\"");
        var (texts, labels) = (Texts(field, "text", name + ".text"), Texts(field, "label", name + ".label"));
        return texts.Length == labels.Length ? (texts, labels) : throw Wrong($"as many labels as texts in \"{name}\"");
    }

    /// <summary>A whole number below a limit, written as a number or as text.</summary>
    public int Index(string name, int from, int count)
    {
        if (fields.TryGetProperty(name, out var field))
        {
            var text = field.ValueKind == JsonValueKind.String ? field.GetString() : field.ValueKind == JsonValueKind.Number ? field.GetRawText() : null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= from && value < from + count)
                return value - from;
        }

        throw Wrong($"\"{name}\" to be {from} to {from + count - 1}");
    }

    /// <summary>The truth value of a field.</summary>
    public bool Truth(string name) => fields.TryGetProperty(name, out var field) && field.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? field.GetBoolean()
        : throw Wrong($"\"{name}\" to be true or false");

    /// <summary>Where a label stands in a list.</summary>
    public int IndexOf(string name, IReadOnlyList<string> labels) =>
        TryIndexOf(name, labels, out var index) ? index : throw Wrong($"\"{name}\" to be one of {string.Join(", ", labels)}");

    /// <summary>Where a label stands in a list, if it is a label.</summary>
    public bool TryIndexOf(string name, IReadOnlyList<string> labels, out int index)
    {
        var label = TryText(fields, name);
        index = label is null ? -1 : labels.Index().Where(pair => pair.Item == label).Select(pair => pair.Index).FirstOrDefault(-1);
        return index >= 0;
    }

    /// <summary>The error of this line.</summary>
    public PithException Wrong(string expected) => new(ModelsErrors.BadTaskItem, $"{path}, line {number}: expected {expected}");

    private static string? TryText(JsonElement element, string name) =>
        element.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String && field.GetString() is { Length: > 0 } text ? text : null;

    private string[] Texts(JsonElement element, string name, string path)
    {
        if (element.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.Array && field.GetArrayLength() >= 2
            && field.EnumerateArray().All(static text => text.ValueKind == JsonValueKind.String && text.GetString()!.Length > 0))
        {
            return [.. field.EnumerateArray().Select(static text => text.GetString()!)];
        }

        throw Wrong($"an array \"{path}\" of at least two strings that are not empty");
    }
}
