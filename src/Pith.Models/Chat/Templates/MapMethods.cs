namespace Pith.Models.Chat.Templates;

/// <summary>The members of mappings and namespaces.</summary>
internal static class MapMethods
{
    /// <summary>The methods by name; the first argument is the mapping.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> Known { get; } =
        new Dictionary<string, TemplateFunction>(StringComparer.Ordinal)
        {
            ["items"] = static (_, call) => Items(call),
            ["keys"] = static (_, call) => Map(call).Entries.Select(static entry => (object?)entry.Key).ToList(),
            ["values"] = static (_, call) => Map(call).Entries.Select(static entry => entry.Value).ToList(),
            ["get"] = static (_, call) => Map(call) is var map && map.Has(call.Text(1, "key"))
                ? map.Get(call.Text(1, "key"))
                : call.Get(2, "default", null),
        };

    /// <summary>Pairs of key and value.</summary>
    public static List<object?> Items(Arguments call) => call.Subject is Undefined
        ? []
        : [.. Map(call).Entries.Select(static entry => new List<object?> { entry.Key, entry.Value })];

    /// <summary>A member by name; undefined when there is none.</summary>
    public static object? Member(object? subject, string name) => subject switch
    {
        TemplateMap map => map.Get(name),
        TemplateLoop loop => loop.Member(name),
        TemplateNamespace space => space.Members.Get(name),
        _ => Undefined.Instance,
    };

    private static TemplateMap Map(Arguments call) => call.Subject as TemplateMap
        ?? throw call.Place.Failed($"expected a mapping, found {TemplateValues.Kind(call.Subject)}");
}
