namespace Pith.Models.Tokenizers;

/// <summary>Texts with a number each, walked character by character.</summary>
/// <remarks>Filled once, then thread-safe.</remarks>
internal sealed class CharacterTrie
{
    /// <summary>The node where every walk starts.</summary>
    public const int Root = 0;

    /// <summary>What a node without a value has; also where a walk ends that no text goes on.</summary>
    public const int None = -1;

    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<int> _values = [None];

    /// <summary>Whether there are no texts.</summary>
    public bool IsEmpty => _values.Count == 1;

    /// <summary>Adds a text; one that is there already keeps its number.</summary>
    public void Add(string text, int value)
    {
        var node = Root;
        foreach (var unit in text)
        {
            if (!_edges.TryGetValue((node, unit), out var next))
            {
                next = _values.Count;
                _values.Add(None);
                _edges.Add((node, unit), next);
            }

            node = next;
        }

        if (_values[node] == None)
            _values[node] = value;
    }

    /// <summary>The node that one more character leads to; <see cref="None"/> when no text goes on so.</summary>
    public int Step(int node, char unit) => _edges.TryGetValue((node, unit), out var next) ? next : None;

    /// <summary>The number of the text that ends at a node; <see cref="None"/> when none does.</summary>
    public int Value(int node) => _values[node];

    /// <summary>Length of the longest text that starts at a position, and its number; 0 when there is none.</summary>
    public int Longest(ReadOnlySpan<char> text, out int value)
    {
        value = None;
        var length = 0;
        var node = Root;
        for (var at = 0; at < text.Length; at++)
        {
            node = Step(node, text[at]);
            if (node == None)
                break;
            if (_values[node] == None)
                continue;
            value = _values[node];
            length = at + 1;
        }

        return length;
    }
}
