using System.Text;
using Pith.Models.Tokenizers.Normalizing;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>What SentencePiece does to a text before cutting it.</summary>
/// <remarks>Source: normalizer.cc of google/sentencepiece. Thread-safe.</remarks>
internal sealed class PieceNormalizer : Normalizer
{
    /// <summary>What stands for a space.</summary>
    public const char Space = '\u2581';

    private readonly CharacterMap? _map;
    private readonly CharacterTrie _userDefined;
    private readonly bool _addsDummyPrefix;
    private readonly bool _removesExtraSpaces;
    private readonly char _space;

    /// <summary>Makes the normalizer that a file asks for.</summary>
    /// <param name="pieces">The file.</param>
    /// <param name="userDefined">Texts that are never rewritten.</param>
    /// <param name="file">The file's name, for messages.</param>
    public PieceNormalizer(PieceFile pieces, CharacterTrie userDefined, string file)
    {
        _map = pieces.CharacterMap.Length == 0 ? null : new CharacterMap(pieces.CharacterMap, file);
        _userDefined = userDefined;
        _addsDummyPrefix = pieces.AddsDummyPrefix;
        _removesExtraSpaces = pieces.RemovesExtraSpaces;
        _space = pieces.EscapesSpaces ? Space : ' ';
    }

    /// <inheritdoc/>
    public override string Apply(string text)
    {
        if (text.Length == 0)
            return text;
        text = Rewrite(text);
        var result = new StringBuilder(text.Length + 1);
        if (_addsDummyPrefix)
            result.Append(_space);
        var afterSpace = _removesExtraSpaces;
        foreach (var character in text)
        {
            if (character != ' ')
                result.Append(character);
            else if (!_removesExtraSpaces || !afterSpace)
                result.Append(_space);
            afterSpace = character == ' ';
        }

        return _removesExtraSpaces ? result.ToString().TrimEnd(_space) : result.ToString();
    }

    private string Rewrite(string text)
    {
        if (_map is null)
            return text;
        if (_userDefined.IsEmpty)
            return _map.Apply(text);
        var result = new StringBuilder(text.Length);
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = _userDefined.Longest(text.AsSpan(at), out _);
            if (length == 0)
            {
                at++;
                continue;
            }

            result.Append(_map.Apply(text[start..at])).Append(text, at, length);
            at += length;
            start = at;
        }

        return result.Append(_map.Apply(text[start..])).ToString();
    }
}
