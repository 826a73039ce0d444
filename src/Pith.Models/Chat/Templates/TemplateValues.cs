using System.Globalization;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Chat.Templates;

/// <summary>What values of templates mean: none is null; the others are bool, long, double, string, lists of objects,
/// <see cref="TemplateMap"/>, <see cref="TemplateNamespace"/>, <see cref="TemplateFunction"/> and
/// <see cref="Undefined"/>.</summary>
/// <remarks>Source: the meaning of the same operations in Python, in which templates are written to run.</remarks>
internal static class TemplateValues
{
    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long integer => integer != 0,
        double real => real != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> items => items.Count > 0,
        TemplateMap map => map.Entries.Count > 0,
        _ => true,
    };

    /// <summary>What a message calls the kind of a value.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined => "an undefined value",
        bool => "a truth value",
        long or double => "a number",
        string => "a text",
        IReadOnlyList<object?> => "a list",
        TemplateMap => "a mapping",
        TemplateFunction => "a function",
        TemplateLoop => "a loop",
        _ => "a namespace",
    };

    /// <summary>The text that a value is written as.</summary>
    public static string Text(object? value)
    {
        if (value is string text)
            return text;
        var result = new StringBuilder();
        Write(value, result, isInner: false, 0);
        return result.ToString();
    }

    /// <summary>Whether two values are equal.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        var comparisons = 0;
        return AreEqual(left, right, ref comparisons);
    }

    /// <summary>The number that a value is; null when it is none.</summary>
    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long integer => integer,
        double real => real,
        _ => null,
    };

    /// <summary>The items that a value holds.</summary>
    public static IReadOnlyList<object?> Items(object? value, SourcePlace place) => value switch
    {
        IReadOnlyList<object?> items => items,
        TemplateMap map => [.. map.Entries.Select(static entry => entry.Key)],
        string text when text.Length <= TemplateLimits.MaxItems => [.. Characters(text)],
        Undefined => [],
        _ => throw place.Failed($"cannot go through {Kind(value)}"),
    };

    /// <summary>Number of code points of a text.</summary>
    public static long CharacterCount(string text)
    {
        var count = 0L;
        for (var at = 0; at < text.Length; at += char.IsSurrogatePair(text, at) ? 2 : 1)
            count++;
        return count;
    }

    /// <summary>The code points of a text.</summary>
    public static IEnumerable<string> Characters(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsSurrogatePair(text, at) ? 2 : 1;
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static bool AreEqual(object? left, object? right, ref int comparisons)
    {
        if (++comparisons > TemplateLimits.MaxItems)
            throw new PithException(ModelsErrors.ChatTemplateTooLarge, "The chat template compares values that are too large.");
        if (Number(left) is { } first && Number(right) is { } second)
            return first == second;
        switch (left, right)
        {
            case (null, null):
                return true;
            case (string one, string other):
                return one == other;
            case (IReadOnlyList<object?> one, IReadOnlyList<object?> other) when one.Count == other.Count:
                for (var i = 0; i < one.Count; i++)
                {
                    if (!AreEqual(one[i], other[i], ref comparisons))
                        return false;
                }

                return true;
            case (TemplateMap one, TemplateMap other) when one.Entries.Count == other.Entries.Count:
                foreach (var (key, value) in one.Entries)
                {
                    if (!other.Has(key) || !AreEqual(value, other.Get(key), ref comparisons))
                        return false;
                }

                return true;
            default:
                return ReferenceEquals(left, right);
        }
    }

    private static void Write(object? value, StringBuilder result, bool isInner, int depth)
    {
        if (result.Length > TemplateLimits.MaxTextLength)
        {
            throw new PithException(
                ModelsErrors.ChatTemplateTooLarge,
                $"The chat template writes a value of more than {TemplateLimits.MaxTextLength} characters.");
        }

        switch (value)
        {
            case Undefined:
                break;
            case null:
                result.Append("None");
                break;
            case bool flag:
                result.Append(flag ? "True" : "False");
                break;
            case long integer:
                result.Append(CultureInfo.InvariantCulture, $"{integer}");
                break;
            case double real:
                result.Append(Real(real));
                break;
            case string text when isInner:
                WriteQuoted(text, result);
                break;
            case string text:
                result.Append(text);
                break;
            case IReadOnlyList<object?> items when depth < TemplateLimits.MaxDepth:
                WriteList('[', items, ']', result, item => Write(item, result, isInner: true, depth + 1));
                break;
            case TemplateMap map when depth < TemplateLimits.MaxDepth:
                WriteList('{', map.Entries, '}', result, entry =>
                {
                    WriteQuoted(entry.Key, result);
                    result.Append(": ");
                    Write(entry.Value, result, isInner: true, depth + 1);
                });
                break;
            default:
                result.Append('…');
                break;
        }
    }

    private static void WriteList<T>(char open, IReadOnlyList<T> items, char close, StringBuilder result, Action<T> write)
    {
        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                result.Append(", ");
            write(items[i]);
        }

        result.Append(close);
    }

    private static void WriteQuoted(string text, StringBuilder result)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        result.Append(quote);
        result.Append(text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(quote.ToString(), "\\" + quote, StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal));
        result.Append(quote);
    }

    /// <summary>A real number as Python writes it: with a fraction, shortest that reads back.</summary>
    public static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
        return text.All(static unit => char.IsAsciiDigit(unit) || unit == '-') ? text + ".0" : text;
    }
}
