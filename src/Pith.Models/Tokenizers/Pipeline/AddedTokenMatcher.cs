using System.Buffers;
using System.Text;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers.Pipeline;

/// <summary>Finds added tokens in a text: leftmost first, the longest among those that start there.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class AddedTokenMatcher
{
    private readonly CharacterTrie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firsts;

    /// <summary>Makes the matcher.</summary>
    /// <param name="tokens">The tokens with the text to look for.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var firsts = new HashSet<char>();
        foreach (var (text, token) in tokens)
        {
            if (text.Length == 0)
                continue;
            firsts.Add(text[0]);
            _trie.Add(text, _tokens.Count);
            _tokens.Add(token);
        }

        _firsts = SearchValues.Create(firsts.ToArray());
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _trie.IsEmpty;

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look from: 0, then each match's <see cref="AddedTokenMatch.Next"/>.</param>
    /// <param name="taken">What is taken already: 0, then each match's <see cref="AddedTokenMatch.End"/>.</param>
    /// <param name="match">The match, when there is one.</param>
    public bool TryFind(ReadOnlySpan<char> text, int from, int taken, out AddedTokenMatch match)
    {
        for (var at = from; at < text.Length; at++)
        {
            var offset = text[at..].IndexOfAny(_firsts);
            if (offset < 0)
                break;
            at += offset;
            if (LongestAt(text, at) is not { } token)
                continue;
            match = Widen(text, taken, at, token.Found, token.Length);
            return true;
        }

        match = default;
        return false;
    }

    private (AddedToken Found, int Length)? LongestAt(ReadOnlySpan<char> text, int start)
    {
        (AddedToken, int)? longest = null;
        var node = CharacterTrie.Root;
        for (var at = start; at < text.Length; at++)
        {
            node = _trie.Step(node, text[at]);
            if (node == CharacterTrie.None)
                break;
            if (_trie.Value(node) is >= 0 and var index
                && (!_tokens[index].IsSingleWord || StandsAlone(text, start, at + 1)))
            {
                longest = (_tokens[index], at + 1 - start);
            }
        }

        return longest;
    }

    private static AddedTokenMatch Widen(ReadOnlySpan<char> text, int taken, int start, AddedToken token, int length)
    {
        var next = start + length;
        var end = next;
        start = Math.Max(start, taken);
        while (token.StripLeft && start > taken && char.IsWhiteSpace(text[start - 1]))
            start--;
        while (token.StripRight && end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        return new AddedTokenMatch(start, Math.Max(end, start), token.Id, next);
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        Rune.DecodeFromUtf16(text[end..], out var after, out _);
        return (start == 0 || !CharacterClasses.IsWord(before)) && (end == text.Length || !CharacterClasses.IsWord(after));
    }
}
