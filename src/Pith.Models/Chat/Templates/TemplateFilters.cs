using System.Globalization;

namespace Pith.Models.Chat.Templates;

/// <summary>The filters that follow <c>|</c>.</summary>
internal static class TemplateFilters
{
    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> Known { get; } =
        new Dictionary<string, TemplateFunction>(StringComparer.Ordinal)
        {
            ["trim"] = static (_, call) => TextMethods.Strip(Text(call), call.OptionalText(1, "chars"), true, true),
            ["length"] = static (_, call) => Length(call),
            ["count"] = static (_, call) => Length(call),
            ["upper"] = static (_, call) => Text(call).ToUpperInvariant(),
            ["lower"] = static (_, call) => Text(call).ToLowerInvariant(),
            ["capitalize"] = static (_, call) => TextMethods.Capitalize(Text(call)),
            ["title"] = static (_, call) => TextMethods.Title(Text(call)),
            ["string"] = static (_, call) => Text(call),
            ["safe"] = static (_, call) => call.Subject,
            ["abs"] = static (_, call) => call.Subject switch
            {
                long integer when integer != long.MinValue => (object)Math.Abs(integer),
                double real => Math.Abs(real),
                _ => throw call.Place.Failed($"'abs' does not apply to {TemplateValues.Kind(call.Subject)}"),
            },
            ["int"] = static (_, call) => Integer(call),
            ["float"] = static (_, call) => Real(call),
            ["list"] = static (_, call) => Items(call).ToList(),
            ["first"] = static (_, call) => Items(call) is [var first, ..] ? first : Undefined.Instance,
            ["last"] = static (_, call) => Items(call) is [.., var last] ? last : Undefined.Instance,
            ["reverse"] = static (_, call) => call.Subject is string text
                ? string.Concat(TemplateValues.Characters(text).Reverse())
                : Items(call).Reverse().ToList(),
            ["join"] = static (_, call) => Join(call),
            ["default"] = static (_, call) => Default(call),
            ["d"] = static (_, call) => Default(call),
            ["replace"] = static (_, call) => TextMethods.Replace(call),
            ["tojson"] = static (_, call) =>
                TemplateJson.Write(call.Subject, (int)Math.Clamp(call.Get(1, "indent", null) as long? ?? -1, -1, 16), call.Place),
            ["items"] = static (_, call) => MapMethods.Items(call),
            ["map"] = static (renderer, call) => MapItems(renderer, call),
            ["selectattr"] = static (_, call) => Select(call, true),
            ["rejectattr"] = static (_, call) => Select(call, false),
            ["indent"] = static (_, call) => Indent(call),
            ["unique"] = static (_, call) => Unique(call),
        };

    private static string Text(Arguments call) => TemplateValues.Text(call.Subject);

    private static IReadOnlyList<object?> Items(Arguments call) => TemplateValues.Items(call.Subject, call.Place);

    private static long Length(Arguments call) => call.Subject switch
    {
        string text => TemplateValues.CharacterCount(text),
        Undefined => 0,
        _ => Items(call).Count,
    };

    private static object? Integer(Arguments call) => call.Subject switch
    {
        long or bool => (long)TemplateValues.Number(call.Subject)!,
        double real when Math.Abs(real) < long.MaxValue => (long)real,
        string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) => value,
        _ => call.Get(1, "default", 0L),
    };

    private static object? Real(Arguments call) => call.Subject is string text
        ? double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : call.Get(1, "default", 0.0)
        : TemplateValues.Number(call.Subject) ?? call.Get(1, "default", 0.0);

    private static object? Default(Arguments call)
    {
        var isMissing = call.Subject is Undefined
            || (TemplateValues.IsTrue(call.Get(2, "boolean", false)) && !TemplateValues.IsTrue(call.Subject));
        return isMissing ? call.Get(1, "default_value", "") : call.Subject;
    }

    private static string Join(Arguments call)
    {
        var separator = call.OptionalText(1, "d") ?? "";
        var parts = Items(call).Select(TemplateValues.Text).ToList();
        var length = parts.Sum(part => (long)part.Length + separator.Length);
        return length <= TemplateLimits.MaxTextLength
            ? string.Join(separator, parts)
            : throw call.Place.TooLarge($"a text has more than {TemplateLimits.MaxTextLength} characters");
    }

    private static List<object?> MapItems(Renderer renderer, Arguments call)
    {
        if (call.Get(int.MaxValue, "attribute", null) is string attribute)
            return [.. Items(call).Select(item => MapMethods.Member(item, attribute))];
        var name = call.Text(1, "filter");
        if (!Known.TryGetValue(name, out var filter) || name == "map")
            throw call.Place.Unsupported($"the filter '{name}' inside 'map'");
        return
        [
            .. Items(call).Select(item =>
            {
                var value = filter(renderer, new Arguments(call.Place, [item, .. call.Positional.Skip(2)], call.Named));
                renderer.CountValue(value, call.Place);
                return value;
            }),
        ];
    }

    private static List<object?> Select(Arguments call, bool keeps)
    {
        var attribute = call.Text(1, "attribute");
        var name = call.OptionalText(2, "test");
        if (name is not null && !TemplateTests.Known.ContainsKey(Symbol(name)))
            throw call.Place.Unsupported($"the test '{name}'");
        return [.. Items(call).Where(item => Holds(MapMethods.Member(item, attribute)) == keeps)];

        bool Holds(object? value) => name is null
            ? TemplateValues.IsTrue(value)
            : TemplateTests.Known[Symbol(name)](new Arguments(call.Place, [value, .. call.Positional.Skip(3)], []));

        static string Symbol(string name) => name switch { "==" => "eq", "!=" => "ne", _ => name };
    }

    private static string Indent(Arguments call)
    {
        var width = call.Get(1, "width", 4L) switch
        {
            long count => new string(' ', (int)Math.Clamp(count, 0, 1000)),
            string text => text,
            _ => throw call.Place.Failed("expected a number or text for 'width'"),
        };
        var lines = Text(call).Split('\n');
        if (lines.Length * (long)width.Length > TemplateLimits.MaxTextLength)
            throw call.Place.TooLarge($"a text has more than {TemplateLimits.MaxTextLength} characters");
        var first = TemplateValues.IsTrue(call.Get(2, "first", false));
        var blank = TemplateValues.IsTrue(call.Get(3, "blank", false));
        return string.Join('\n', lines.Select((line, i) =>
            (i == 0 && !first) || (i > 0 && line.Length == 0 && !blank) ? line : width + line));
    }

    private static List<object?> Unique(Arguments call)
    {
        var kept = new List<object?>();
        foreach (var item in Items(call))
        {
            if (kept.Count > 1000)
                throw call.Place.TooLarge("'unique' takes at most 1000 different items");
            if (!kept.Exists(other => TemplateValues.AreEqual(other, item)))
                kept.Add(item);
        }

        return kept;
    }
}
