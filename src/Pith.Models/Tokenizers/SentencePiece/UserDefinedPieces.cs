using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>Takes out the pieces that are always one token, and leaves the rest to another model.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class UserDefinedPieces : TokenModel
{
    private readonly CharacterTrie _pieces;
    private readonly TokenModel _inner;

    /// <summary>Makes the model.</summary>
    /// <param name="pieces">Ids by text.</param>
    /// <param name="inner">Encodes what lies between.</param>
    public UserDefinedPieces(CharacterTrie pieces, TokenModel inner)
    {
        _pieces = pieces;
        _inner = inner;
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var start = 0;
        for (var at = 0; at < piece.Length;)
        {
            var length = _pieces.Longest(piece[at..], out var id);
            if (length == 0)
            {
                at++;
                continue;
            }

            if (at > start)
                _inner.Encode(piece[start..at], ids);
            ids.Add(id);
            at += length;
            start = at;
        }

        if (start < piece.Length)
            _inner.Encode(piece[start..], ids);
    }
}
