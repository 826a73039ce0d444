using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Words as token sequences, with the count of every neighbouring pair and the words it occurs in.</summary>
/// <remarks>The queue may hold stale entries: a popped entry whose count is no longer the pair's is put back with the present
/// count. The count of a pair rises only when a merge creates it in further words, and then it is entered again; so every pair has an
/// entry of at least its present count, and the first fresh entry is the maximum. Not thread-safe.</remarks>
internal sealed class PairTable
{
    private readonly List<int[]> _words = [];
    private readonly List<int> _lengths = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<(int Left, int Right), long> _pairCounts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> _queue;

    /// <summary>Counts the pairs of the words.</summary>
    /// <param name="words">Bytes of each distinct word and how often it occurs.</param>
    public PairTable(IEnumerable<(byte[] Bytes, long Count)> words)
    {
        Tokens.Add([]);
        for (var value = 0; value < 256; value++) Tokens.Add([(byte)value]);
        for (var id = 1; id < Tokens.Count; id++) _ids[ByteAlphabet.Text(Tokens[id])] = id;
        _queue = new(Comparer<(long Count, int Left, int Right)>.Create(Compare));

        foreach (var (bytes, count) in words)
        {
            if (bytes.Length < 2) continue;
            var index = _words.Count;
            _words.Add(Array.ConvertAll(bytes, value => value + 1));
            _lengths.Add(bytes.Length);
            _counts.Add(count);
            for (var i = 0; i + 1 < bytes.Length; i++) Count((bytes[i] + 1, bytes[i + 1] + 1), count, index);
        }
        foreach (var (pair, count) in _pairCounts) _queue.Enqueue(pair, (count, pair.Left, pair.Right));
    }

    /// <summary>Bytes of every token; the first, end-of-text, has none.</summary>
    public List<byte[]> Tokens { get; } = [];

    /// <summary>The merges in order.</summary>
    public List<BytePairMerge> Merges { get; } = [];

    /// <summary>Merges the most frequent pair everywhere.</summary>
    /// <returns>False when no pair occurs at least <paramref name="minimumCount"/> times.</returns>
    public bool MergeBest(long minimumCount)
    {
        while (_queue.TryDequeue(out var pair, out var entry))
        {
            if (!_pairCounts.TryGetValue(pair, out var count) || count <= 0) continue;
            if (count != entry.Count)
            {
                _queue.Enqueue(pair, (count, pair.Left, pair.Right));
                continue;
            }
            if (count < minimumCount) return false;
            Merge(pair);
            return true;
        }
        return false;
    }

    private void Merge((int Left, int Right) pair)
    {
        byte[] bytes = [.. Tokens[pair.Left], .. Tokens[pair.Right]];
        var text = ByteAlphabet.Text(bytes);
        // Two merges may spell the same bytes (ab+c, a+bc): they make one token, since the file keys tokens by their text.
        if (!_ids.TryGetValue(text, out var token))
        {
            _ids[text] = token = Tokens.Count;
            Tokens.Add(bytes);
        }
        Merges.Add(new BytePairMerge(pair.Left, pair.Right, token));
        var created = new HashSet<(int Left, int Right)>();
        foreach (var index in _places[pair]) MergeInWord(index, pair, token, created);
        _pairCounts.Remove(pair);
        _places.Remove(pair);
        foreach (var one in created)
            if (_pairCounts.TryGetValue(one, out var count) && count > 0) _queue.Enqueue(one, (count, one.Left, one.Right));
    }

    private void MergeInWord(int index, (int Left, int Right) pair, int token, HashSet<(int Left, int Right)> created)
    {
        var word = _words[index];
        var length = _lengths[index];
        var count = _counts[index];
        // Short words: taking all old pairs off and putting all new ones on costs less than tracking neighbours.
        for (var i = 0; i + 1 < length; i++) _pairCounts[(word[i], word[i + 1])] -= count;
        var to = 0;
        for (var from = 0; from < length; to++)
        {
            var match = from + 1 < length && word[from] == pair.Left && word[from + 1] == pair.Right;
            word[to] = match ? token : word[from];
            from += match ? 2 : 1;
        }
        _lengths[index] = to;
        for (var i = 0; i + 1 < to; i++)
        {
            var one = (word[i], word[i + 1]);
            if (word[i] == token || word[i + 1] == token)
            {
                Count(one, count, index);
                created.Add(one);
            }
            else
            {
                _pairCounts[one] += count;
            }
        }
    }

    private void Count((int Left, int Right) pair, long count, int index)
    {
        _pairCounts[pair] = _pairCounts.TryGetValue(pair, out var before) ? before + count : count;
        if (!_places.TryGetValue(pair, out var places)) _places[pair] = places = [];
        places.Add(index);
    }

    /// <summary>Higher count first, then left bytes, then right bytes; token numbers settle tokens of equal bytes.</summary>
    private int Compare((long Count, int Left, int Right) a, (long Count, int Left, int Right) b)
    {
        var order = b.Count.CompareTo(a.Count);
        if (order == 0) order = Tokens[a.Left].AsSpan().SequenceCompareTo(Tokens[b.Left]);
        if (order == 0) order = Tokens[a.Right].AsSpan().SequenceCompareTo(Tokens[b.Right]);
        if (order == 0) order = a.Left.CompareTo(b.Left);
        return order == 0 ? a.Right.CompareTo(b.Right) : order;
    }
}
