using System.Globalization;
using System.Text;

namespace Pith.Models.Chat.Templates;

/// <summary>The methods of texts.</summary>
internal static class TextMethods
{
    /// <summary>By name; the first argument is the text.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> Known { get; } =
        new Dictionary<string, TemplateFunction>(StringComparer.Ordinal)
        {
            ["strip"] = static (_, call) => Strip(Text(call), call.OptionalText(1, "chars"), true, true),
            ["lstrip"] = static (_, call) => Strip(Text(call), call.OptionalText(1, "chars"), true, false),
            ["rstrip"] = static (_, call) => Strip(Text(call), call.OptionalText(1, "chars"), false, true),
            ["upper"] = static (_, call) => Text(call).ToUpperInvariant(),
            ["lower"] = static (_, call) => Text(call).ToLowerInvariant(),
            ["title"] = static (_, call) => Title(Text(call)),
            ["capitalize"] = static (_, call) => Capitalize(Text(call)),
            ["startswith"] = static (_, call) => Affixes(call).Any(affix => Text(call).StartsWith(affix, StringComparison.Ordinal)),
            ["endswith"] = static (_, call) => Affixes(call).Any(affix => Text(call).EndsWith(affix, StringComparison.Ordinal)),
            ["split"] = static (_, call) => Split(call),
            ["splitlines"] = static (_, call) => SplitLines(Text(call)),
            ["replace"] = static (_, call) => Replace(call),
            ["find"] = static (_, call) => (long)Text(call).IndexOf(call.Text(1, "sub"), StringComparison.Ordinal),
            ["count"] = static (_, call) => (long)Text(call).AsSpan().Count(call.Text(1, "sub")),
            ["isdigit"] = static (_, call) => Text(call).Length > 0 && Text(call).All(char.IsDigit),
            ["join"] = static (_, call) =>
                TemplateFilters.Known["join"](null!, new Arguments(call.Place, [call.Get(1, "iterable", null), call.Subject], [])),
        };

    /// <summary>Without characters of a set at its ends; of white space when there is none.</summary>
    public static string Strip(string text, string? characters, bool start, bool end)
    {
        var set = characters?.ToCharArray();
        if (set is { Length: 0 })
            return text;
        if (start)
            text = text.TrimStart(set);
        return end ? text.TrimEnd(set) : text;
    }

    /// <summary>The first letter upper case, the rest lower.</summary>
    public static string Capitalize(string text) =>
        text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    /// <summary>The first letter of each word upper case, the rest lower.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var unit in text)
        {
            result.Append(inWord ? char.ToLower(unit, CultureInfo.InvariantCulture) : char.ToUpper(unit, CultureInfo.InvariantCulture));
            inWord = char.IsLetter(unit);
        }

        return result.ToString();
    }

    /// <summary>With a part replaced, everywhere or so many times.</summary>
    public static string Replace(Arguments call)
    {
        var text = TemplateValues.Text(call.Subject);
        var old = call.Text(1, "old");
        var replacement = call.Text(2, "new");
        var most = call.Get(3, "count", null) as long? ?? -1;
        if (old.Length == 0)
            throw call.Place.Unsupported("replacing the empty text");
        var result = new StringBuilder();
        var start = 0;
        while (most != 0 && text.IndexOf(old, start, StringComparison.Ordinal) is >= 0 and var found)
        {
            result.Append(text, start, found - start).Append(replacement);
            start = found + old.Length;
            most--;
            if (result.Length > TemplateLimits.MaxTextLength)
                throw call.Place.TooLarge($"a text has more than {TemplateLimits.MaxTextLength} characters");
        }

        return result.Append(text, start, text.Length - start).ToString();
    }

    private static string Text(Arguments call) => (string)call.Subject!;

    private static IEnumerable<string> Affixes(Arguments call) => call.Get(1, "prefix", null) switch
    {
        string affix => [affix],
        IReadOnlyList<object?> affixes => affixes.OfType<string>(),
        _ => throw call.Place.Failed("expected a text"),
    };

    private static List<object?> Split(Arguments call)
    {
        var most = call.Integer(2, "maxsplit", -1);
        var limit = most < 0 || most >= TemplateLimits.MaxItems ? TemplateLimits.MaxItems : (int)most + 1;
        if (call.OptionalText(1, "sep") is not { } separator)
        {
            var text = Text(call).TrimStart();
            var words = text.Split((char[]?)null, limit, StringSplitOptions.RemoveEmptyEntries);
            return [.. words];
        }

        return separator.Length == 0
            ? throw call.Place.Failed("the separator is empty")
            : [.. Text(call).Split(separator, limit)];
    }

    private static List<object?> SplitLines(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', TemplateLimits.MaxItems);
        return [.. lines is [.., ""] ? lines[..^1] : lines];
    }
}
