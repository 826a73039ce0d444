namespace Pith.Models.Chat.Templates;

/// <summary>The operators of templates.</summary>
internal static class Operators
{
    private static readonly Dictionary<string, Func<double, double, double>> s_arithmetic = new(StringComparer.Ordinal)
    {
        ["+"] = static (left, right) => left + right,
        ["-"] = static (left, right) => left - right,
        ["*"] = static (left, right) => left * right,
        ["/"] = static (left, right) => left / right,
        ["//"] = static (left, right) => Math.Floor(left / right),
        ["%"] = static (left, right) => left - (right * Math.Floor(left / right)),
    };

    /// <summary>The value of an operator with two operands, but for <c>and</c> and <c>or</c>.</summary>
    public static object? Apply(string sign, object? left, object? right, SourcePlace place)
    {
        switch (sign, left, right)
        {
            case ("~", _, _):
                return Join(TemplateValues.Text(left), TemplateValues.Text(right), place);
            case ("+", string first, string second):
                return Join(first, second, place);
            case ("+", IReadOnlyList<object?> first, IReadOnlyList<object?> second):
                return first.Count + second.Count <= TemplateLimits.MaxItems
                    ? new List<object?>([.. first, .. second])
                    : throw place.TooLarge($"a list has more than {TemplateLimits.MaxItems} items");
            case ("*", string text, long count):
                return Repeat(text, count, place);
            case ("*", long count, string text):
                return Repeat(text, count, place);
        }

        if (TemplateValues.Number(left) is not { } one || TemplateValues.Number(right) is not { } other)
            throw place.Failed($"'{sign}' does not apply to {TemplateValues.Kind(left)} and {TemplateValues.Kind(right)}");
        if (other == 0 && sign is "/" or "//" or "%")
            throw place.Failed("division by zero");
        return left is double || right is double || sign == "/"
            ? (object)s_arithmetic[sign](one, other)
            : Whole(sign, Integer(left), Integer(right), place);
    }

    /// <summary>Whether a comparison holds.</summary>
    public static bool Compare(string sign, object? left, object? right, SourcePlace place) => sign switch
    {
        "==" => TemplateValues.AreEqual(left, right),
        "!=" => !TemplateValues.AreEqual(left, right),
        "in" => Contains(right, left, place),
        "not in" => !Contains(right, left, place),
        "<" => Order(left, right, place) < 0,
        "<=" => Order(left, right, place) <= 0,
        ">" => Order(left, right, place) > 0,
        _ => Order(left, right, place) >= 0,
    };

    /// <summary>Whether a value is in another.</summary>
    public static bool Contains(object? container, object? value, SourcePlace place) => container switch
    {
        string text when value is string part => text.Contains(part, StringComparison.Ordinal),
        IReadOnlyList<object?> items => items.Any(item => TemplateValues.AreEqual(item, value)),
        TemplateMap map => value is string key && map.Has(key),
        Undefined => false,
        _ => throw place.Failed($"cannot look for {TemplateValues.Kind(value)} in {TemplateValues.Kind(container)}"),
    };

    /// <summary>Two texts as one.</summary>
    public static string Join(string left, string right, SourcePlace place) =>
        left.Length + (long)right.Length <= TemplateLimits.MaxTextLength
            ? left + right
            : throw place.TooLarge($"a text has more than {TemplateLimits.MaxTextLength} characters");

    private static int Order(object? left, object? right, SourcePlace place)
    {
        if (left is string first && right is string second)
            return string.CompareOrdinal(first, second);
        return TemplateValues.Number(left) is { } one && TemplateValues.Number(right) is { } other
            ? one.CompareTo(other)
            : throw place.Failed($"cannot order {TemplateValues.Kind(left)} and {TemplateValues.Kind(right)}");
    }

    private static string Repeat(string text, long count, SourcePlace place)
    {
        if (count <= 0 || text.Length == 0)
            return "";
        return count <= TemplateLimits.MaxTextLength / text.Length
            ? string.Concat(Enumerable.Repeat(text, (int)count))
            : throw place.TooLarge($"a text has more than {TemplateLimits.MaxTextLength} characters");
    }

    private static long Integer(object? value) => value is long integer ? integer : value is true ? 1 : 0;

    private static long Whole(string sign, long left, long right, SourcePlace place)
    {
        try
        {
            return sign switch
            {
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                "//" => (left / right) - (left % right != 0 && (left < 0) != (right < 0) ? 1 : 0),
                _ => ((left % right) + right) % right,
            };
        }
        catch (OverflowException)
        {
            throw place.Failed("a whole number has more than 64 bits");
        }
    }
}
