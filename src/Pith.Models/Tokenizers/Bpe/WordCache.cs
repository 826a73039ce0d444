namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Remembers the tokens of words met lately.</summary>
/// <remarks>Direct-mapped: a word takes the place of the word before it in its slot, so memory is bounded. Entries are
/// immutable and published by one reference write: thread-safe without locks.</remarks>
internal sealed class WordCache
{
    /// <summary>Longest word remembered, in UTF-16 units.</summary>
    public const int MaxWordLength = 48;

    private const int Slots = 1 << 15;
    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>A hash of a word, to be handed to the other two methods.</summary>
    public static uint Hash(ReadOnlySpan<char> word)
    {
        unchecked
        {
            var hash = (uint)word.Length * 0x9E3779B1u;
            foreach (var character in word)
                hash = (hash ^ character) * 0x01000193u;
            return hash ^ (hash >> 15);
        }
    }

    /// <summary>The tokens of a word; null when it is not remembered.</summary>
    public int[]? Find(ReadOnlySpan<char> word, uint hash)
    {
        var entry = _entries[hash & (Slots - 1)];
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Ids : null;
    }

    /// <summary>Remembers a word.</summary>
    public void Add(ReadOnlySpan<char> word, uint hash, ReadOnlySpan<int> ids) =>
        _entries[hash & (Slots - 1)] = new Entry(word.ToString(), ids.ToArray());

    private sealed record Entry(string Word, int[] Ids);
}
