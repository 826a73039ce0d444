using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>Turns a vocabulary with scores into merges: two tokens join when their joined text is a token, best score
/// first.</summary>
/// <remarks>Equal to SentencePiece's BPE, which looks the joined text up each time, as long as every character of every
/// token is a token too; its trainer sees to that.</remarks>
internal static class ScoredMerges
{
    /// <summary>Longest token that is taken apart, in UTF-16 units; longer ones are never made by merges.</summary>
    private const int MaxLength = 512;

    /// <summary>Builds the table.</summary>
    /// <param name="tokens">Text and score by id; a null text for ids that merges do not make.</param>
    /// <param name="file">The file's name, for messages.</param>
    public static MergeTable Build(IReadOnlyList<(string? Text, float Score)> tokens, string file)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var starts = new CharacterTrie();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id].Text is { Length: <= MaxLength } text && ids.TryAdd(text, id))
                starts.Add(text, id);
        }

        var ranks = Ranks(tokens);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<(int Left, int Right, int Id)>();
        foreach (var (text, id) in ids)
        {
            // Walking the trie visits only the prefixes that are tokens.
            var node = CharacterTrie.Root;
            for (var cut = 1; cut < text.Length && (node = starts.Step(node, text[cut - 1])) != CharacterTrie.None; cut++)
            {
                var left = starts.Value(node);
                if (left != CharacterTrie.None && lookup.TryGetValue(text.AsSpan(cut), out var right))
                    merges.Add((left, right, id));
            }

            if (merges.Count > TokenizerLimits.MaxMerges)
            {
                throw new PithException(
                    ModelsErrors.TokenizerTooLarge,
                    $"{file}: the vocabulary makes more than {TokenizerLimits.MaxMerges} merges.");
            }
        }

        var table = new MergeTable(merges.Count);
        foreach (var (left, right, id) in merges)
            table.Add(left, right, ranks[id], id);
        return table;
    }

    /// <summary>Ids of the tokens of one code point.</summary>
    public static Dictionary<Rune, int> CharacterIds(IReadOnlyList<(string? Text, float Score)> tokens)
    {
        var ids = new Dictionary<Rune, int>();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id].Text is { } text && Rune.TryGetRuneAt(text, 0, out var rune)
                && rune.Utf16SequenceLength == text.Length)
            {
                ids.TryAdd(rune, id);
            }
        }

        return ids;
    }

    // Equal scores have equal ranks, so that the leftmost of them joins first.
    private static int[] Ranks(IReadOnlyList<(string? Text, float Score)> tokens)
    {
        var scores = tokens.Select(static token => token.Score).Distinct().OrderDescending().ToArray();
        var rankByScore = new Dictionary<float, int>(scores.Length);
        for (var rank = 0; rank < scores.Length; rank++)
            rankByScore[scores[rank]] = rank;
        return [.. tokens.Select(token => rankByScore[token.Score])];
    }
}
