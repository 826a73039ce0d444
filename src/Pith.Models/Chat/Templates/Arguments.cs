namespace Pith.Models.Chat.Templates;

/// <summary>The values that something is called with.</summary>
/// <param name="Place">Where the call stands.</param>
/// <param name="Positional">Those without a name; of filters and methods the first is the subject.</param>
/// <param name="Named">Those with one.</param>
internal sealed record Arguments(
    SourcePlace Place, IReadOnlyList<object?> Positional, IReadOnlyList<(string Name, object? Value)> Named)
{
    /// <summary>The subject of a filter, test or method.</summary>
    public object? Subject => Positional[0];

    /// <summary>An argument, or a value for when it is not given.</summary>
    /// <param name="index">Its place, the subject of filters, tests and methods included.</param>
    /// <param name="name">Its name.</param>
    /// <param name="absent">The value when it is not given.</param>
    public object? Get(int index, string name, object? absent)
    {
        if (index < Positional.Count)
            return Positional[index];
        foreach (var (given, value) in Named)
        {
            if (given == name)
                return value;
        }

        return absent;
    }

    /// <summary>A text that must be given.</summary>
    public string Text(int index, string name) => Get(index, name, Undefined.Instance) is string text
        ? text
        : throw Place.Failed($"expected a text for '{name}'");

    /// <summary>A text that may be absent or none.</summary>
    public string? OptionalText(int index, string name) => Get(index, name, null) switch
    {
        null => null,
        string text => text,
        _ => throw Place.Failed($"expected a text for '{name}'"),
    };

    /// <summary>A whole number that may be absent.</summary>
    public long Integer(int index, string name, long absent) => Get(index, name, absent) is long value
        ? value
        : throw Place.Failed($"expected a whole number for '{name}'");
}
