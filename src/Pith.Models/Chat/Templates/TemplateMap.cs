namespace Pith.Models.Chat.Templates;

/// <summary>A mapping that keeps the order of its keys.</summary>
internal sealed class TemplateMap
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, object?>> _entries = [];

    /// <summary>Keys and values in order.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Entries => _entries;

    /// <summary>Sets a key.</summary>
    public void Set(string key, object? value)
    {
        if (_places.TryGetValue(key, out var place))
        {
            _entries[place] = new(key, value);
            return;
        }

        _places.Add(key, _entries.Count);
        _entries.Add(new(key, value));
    }

    /// <summary>The value of a key; <see cref="Undefined"/> when there is none.</summary>
    public object? Get(string key) => _places.TryGetValue(key, out var place) ? _entries[place].Value : Undefined.Instance;

    /// <summary>Whether there is a key.</summary>
    public bool Has(string key) => _places.ContainsKey(key);
}
