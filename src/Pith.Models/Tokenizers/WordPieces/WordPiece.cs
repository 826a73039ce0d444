using System.Text;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.WordPieces;

/// <summary>Cuts each word into the longest pieces of the vocabulary, from the left.</summary>
/// <remarks>A word with a part that no piece fits is one unknown token. Source: <c>WordpieceTokenizer</c> of
/// google-research/bert. Thread-safe.</remarks>
internal sealed class WordPiece : TokenModel
{
    private readonly CharacterTrie _starts = new();
    private readonly CharacterTrie _continuations = new();
    private readonly int _unknownId;
    private readonly int _maxCharacters;

    /// <summary>Makes the model.</summary>
    /// <param name="ids">Ids by text.</param>
    /// <param name="prefix">What marks pieces that continue a word.</param>
    /// <param name="unknownId">Id for words that cannot be cut.</param>
    /// <param name="maxCharacters">Longest word that is cut, in code points.</param>
    public WordPiece(IReadOnlyDictionary<string, int> ids, string prefix, int unknownId, int maxCharacters)
    {
        _unknownId = unknownId;
        _maxCharacters = maxCharacters;
        foreach (var (text, id) in ids)
        {
            if (text.Length == 0)
                continue;
            _starts.Add(text, id);
            if (text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length)
                _continuations.Add(text[prefix.Length..], id);
        }
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var before = ids.Count;
        var fits = Characters(piece) <= _maxCharacters;
        for (var at = 0; fits && at < piece.Length;)
        {
            var length = (at == 0 ? _starts : _continuations).Longest(piece[at..], out var id);
            fits = length > 0;
            ids.Add(id);
            at += length;
        }

        if (fits)
            return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(_unknownId);
    }

    private static int Characters(ReadOnlySpan<char> piece)
    {
        var count = 0;
        foreach (var _ in piece.EnumerateRunes())
            count++;
        return count;
    }
}
