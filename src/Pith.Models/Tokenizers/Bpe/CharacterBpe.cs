using System.Runtime.InteropServices;
using System.Text;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Byte-pair encoding over the code points of a piece, with bytes or an unknown token for the rest.</summary>
/// <remarks>Without merges it is a character model. Source: SentencePiece's BPE; Hugging Face's BPE with
/// <c>byte_fallback</c>. Thread-safe.</remarks>
internal sealed class CharacterBpe : TokenModel
{
    private const int StackSymbols = 256;
    private readonly CharacterBpeParts _parts;
    private readonly bool _splitsAtSpaces;
    private readonly WordCache _cache = new();

    /// <summary>Makes the model.</summary>
    public CharacterBpe(CharacterBpeParts parts)
    {
        _parts = parts;

        // When no token has a space after another character, no merge reaches across such a place, so that encoding word by
        // word, which is faster and can be remembered, gives the same ids.
        _splitsAtSpaces = parts.CharacterIds.ContainsKey(new Rune(parts.Space)) && parts.WholeWords is null
            && !parts.Texts.Any(text => text is not null && HasInnerSpace(text, parts.Space));
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var from = ids.Count;
        if (!_splitsAtSpaces)
        {
            EncodeWord(piece, ids, from);
            return;
        }

        for (var start = 0; start < piece.Length;)
        {
            var end = start;
            while (end < piece.Length && piece[end] == _parts.Space)
                end++;
            while (end < piece.Length && piece[end] != _parts.Space)
                end++;
            EncodeWord(piece[start..end], ids, from);
            start = end;
        }
    }

    private static bool HasInnerSpace(string text, char space)
    {
        var inner = text.AsSpan().TrimStart(space);
        return inner.Contains(space);
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids, int from)
    {
        var cached = word.Length <= WordCache.MaxWordLength;
        var hash = cached ? WordCache.Hash(word) : 0;
        if (cached && _cache.Find(word, hash) is { } known)
        {
            Append(known, ids, from);
            return;
        }

        if (_parts.WholeWords is not null && _parts.WholeWords.TryGetValue(word.ToString(), out var whole))
        {
            ids.Add(whole);
            return;
        }

        var most = Encoding.UTF8.GetMaxByteCount(word.Length);
        var symbols = most <= StackSymbols ? stackalloc int[StackSymbols] : new int[most];
        var count = Symbols(word, symbols);
        count = BpeMerger.Merge(_parts.Merges, symbols[..count]);
        if (cached)
            _cache.Add(word, hash, symbols[..count]);
        Append(symbols[..count], ids, from);
    }

    private void Append(ReadOnlySpan<int> tokens, List<int> ids, int from)
    {
        var fuses = _parts.FusesUnknown && ids.Count > from && ids[^1] == _parts.UnknownId
            && tokens.Length > 0 && tokens[0] == _parts.UnknownId;
        ids.AddRange(fuses ? tokens[1..] : tokens);
    }

    private int Symbols(ReadOnlySpan<char> word, Span<int> symbols)
    {
        var count = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in word.EnumerateRunes())
        {
            if (_parts.CharacterIds.TryGetValue(rune, out var id))
            {
                symbols[count++] = id;
                continue;
            }

            if (TryBytes(bytes[..rune.EncodeToUtf8(bytes)], symbols[count..], out var added))
            {
                count += added;
                continue;
            }

            var fuses = _parts.FusesUnknown && count > 0 && symbols[count - 1] == _parts.UnknownId;
            if (_parts.UnknownId >= 0 && !fuses)
                symbols[count++] = _parts.UnknownId;
        }

        return count;
    }

    private bool TryBytes(ReadOnlySpan<byte> bytes, Span<int> symbols, out int added)
    {
        added = 0;
        if (_parts.ByteIds is not { } byteIds)
            return false;
        foreach (var value in bytes)
        {
            if (byteIds[value] < 0)
                return false;
            symbols[added++] = byteIds[value];
        }

        return true;
    }
}
