using System.Globalization;
using System.Text;

namespace Pith.Models.Chat.Templates;

/// <summary>Writes values as JSON, as the filter <c>tojson</c> does in Hugging Face's transformers: not escaped for web
/// pages, other than ASCII kept as it is.</summary>
internal static class TemplateJson
{
    /// <summary>A value as JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indent">Spaces a level; negative for one line.</param>
    /// <param name="place">Where the call stands.</param>
    public static string Write(object? value, int indent, SourcePlace place)
    {
        var result = new StringBuilder();
        Write(value, indent, place, result, 0);
        return result.ToString();
    }

    private static void Write(object? value, int indent, SourcePlace place, StringBuilder result, int depth)
    {
        if (depth > TemplateLimits.MaxDepth || result.Length > TemplateLimits.MaxTextLength)
            throw place.TooLarge("the value is too large for JSON");
        switch (value)
        {
            case null:
                result.Append("null");
                break;
            case bool flag:
                result.Append(flag ? "true" : "false");
                break;
            case long integer:
                result.Append(CultureInfo.InvariantCulture, $"{integer}");
                break;
            case double real:
                result.Append(TemplateValues.Real(real));
                break;
            case string text:
                WriteText(text, result);
                break;
            case IReadOnlyList<object?> items:
                WriteList('[', items, ']', indent, depth, result, item => Write(item, indent, place, result, depth + 1));
                break;
            case TemplateMap map:
                WriteList('{', map.Entries, '}', indent, depth, result, entry =>
                {
                    WriteText(entry.Key, result);
                    result.Append(": ");
                    Write(entry.Value, indent, place, result, depth + 1);
                });
                break;
            default:
                throw place.Failed($"cannot write {TemplateValues.Kind(value)} as JSON");
        }
    }

    private static void WriteList<T>(
        char open, IReadOnlyList<T> items, char close, int indent, int depth, StringBuilder result, Action<T> write)
    {
        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                result.Append(indent >= 0 ? "," : ", ");
            if (indent >= 0)
                result.Append('\n').Append(' ', indent * (depth + 1));
            write(items[i]);
        }

        if (indent >= 0 && items.Count > 0)
            result.Append('\n').Append(' ', indent * depth);
        result.Append(close);
    }

    private static void WriteText(string text, StringBuilder result)
    {
        result.Append('"');
        foreach (var unit in text)
        {
            result.Append(unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)unit:x4}",
                _ => unit.ToString(),
            });
        }

        result.Append('"');
    }
}
