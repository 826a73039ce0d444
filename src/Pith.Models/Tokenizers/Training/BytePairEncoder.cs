using System.Text;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Encodes text with a vocabulary just trained: in each word the pair of lowest rank merges first.</summary>
/// <remarks>Remembers words it has seen. Not thread-safe.</remarks>
public sealed class BytePairEncoder
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Result)> _merges = [];
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _known =
        new Dictionary<string, int[]>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Prepares the merges of <paramref name="vocabulary"/>.</summary>
    public BytePairEncoder(BytePairVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        for (var rank = 0; rank < vocabulary.Merges.Count; rank++) {
            var (left, right, result) = vocabulary.Merges[rank];
            _merges[(left, right)] = (rank, result);
        }
    }

    /// <summary>Appends the ids of <paramref name="text"/> to <paramref name="ids"/>.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        for (var start = 0; start < text.Length;)
        {
            var end = PreTokenScanner.Next(text, start);
            var word = text[start..end];
            if (!_known.TryGetValue(word, out var tokens)) _known[word] = tokens = EncodeWord(word);
            ids.AddRange(tokens);
            start = end;
        }
    }

    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        var tokens = new List<int>(bytes.Length);
        foreach (var value in bytes) tokens.Add(value + 1);
        while (true)
        {
            var best = int.MaxValue;
            var at = -1;
            var token = 0;
            for (var i = 0; i + 1 < tokens.Count; i++)
            {
                if (!_merges.TryGetValue((tokens[i], tokens[i + 1]), out var merge) || merge.Rank >= best) continue;
                best = merge.Rank;
                token = merge.Result;
                at = i;
            }
            if (at < 0) return [.. tokens];
            tokens[at] = token;
            tokens.RemoveAt(at + 1);
        }
    }
}
