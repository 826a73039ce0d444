namespace Pith.Models.Chat.Templates;

/// <summary>The tests that follow <c>is</c>.</summary>
internal static class TemplateTests
{
    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, Func<Arguments, bool>> Known { get; } =
        new Dictionary<string, Func<Arguments, bool>>(StringComparer.Ordinal)
        {
            ["defined"] = static call => call.Subject is not Undefined,
            ["undefined"] = static call => call.Subject is Undefined,
            ["none"] = static call => call.Subject is null,
            ["true"] = static call => call.Subject is true,
            ["false"] = static call => call.Subject is false,
            ["boolean"] = static call => call.Subject is bool,
            ["integer"] = static call => call.Subject is long,
            ["float"] = static call => call.Subject is double,
            ["number"] = static call => call.Subject is long or double or bool,
            ["string"] = static call => call.Subject is string,
            ["mapping"] = static call => call.Subject is TemplateMap,
            ["sequence"] = static call => call.Subject is string or IReadOnlyList<object?> or TemplateMap,
            ["iterable"] = static call => call.Subject is string or IReadOnlyList<object?> or TemplateMap or Undefined,
            ["callable"] = static call => call.Subject is TemplateFunction,
            ["odd"] = static call => call.Integer(0, "value", 0) % 2 != 0,
            ["even"] = static call => call.Integer(0, "value", 0) % 2 == 0,
            ["divisibleby"] = static call => call.Integer(1, "num", 1) is not 0 and var divisor
                ? call.Integer(0, "value", 0) % divisor == 0
                : throw call.Place.Failed("division by zero"),
            ["equalto"] = static call => TemplateValues.AreEqual(call.Subject, call.Get(1, "other", Undefined.Instance)),
            ["eq"] = static call => TemplateValues.AreEqual(call.Subject, call.Get(1, "other", Undefined.Instance)),
            ["ne"] = static call => !TemplateValues.AreEqual(call.Subject, call.Get(1, "other", Undefined.Instance)),
            ["in"] = static call => Operators.Contains(call.Get(1, "seq", Undefined.Instance), call.Subject, call.Place),
            ["lower"] = static call => call.Subject is string text && !text.Any(char.IsUpper) && text.Any(char.IsLower),
            ["upper"] = static call => call.Subject is string text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        };
}
