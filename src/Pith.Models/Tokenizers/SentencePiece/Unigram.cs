using System.Text;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>Cuts a text into the pieces with the largest sum of scores.</summary>
/// <remarks>Viterbi over the piece trie; among equal sums the cut found first, that is from the leftmost start, stays.
/// Source: Kudo 2018, section 3.2; sentencepiece unigram_model.cc (EncodeOptimized). Thread-safe.</remarks>
internal sealed class Unigram : TokenModel
{
    /// <summary>How far below the worst piece an unknown character scores. Source: kUnkPenalty.</summary>
    private const double UnknownPenalty = 10;

    /// <summary>How far below the best text of its length a user-defined piece scores. Source: EncodeOptimized.</summary>
    private const double UserDefinedPenalty = 0.1;

    /// <summary>The least value of the best piece's score. Source: FLT_MIN in PopulateNodes.</summary>
    private const double LeastHighest = 1.17549435E-38;

    private readonly CharacterTrie _trie = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknownId;
    private readonly int[]? _byteIds;
    private readonly bool _single;

    /// <summary>Makes the model.</summary>
    /// <param name="pieces">Text and score by id; a null text for ids that text does not become.</param>
    /// <param name="unknownId">Id for unknown characters; -1 drops them.</param>
    /// <param name="byteIds">Ids of the byte pieces [256], -1 where there is none; null without byte fallback.</param>
    /// <param name="userDefined">Ids that are always taken where they fit.</param>
    /// <param name="single">Whether sums are kept in single precision, as SentencePiece itself does.</param>
    public Unigram(
        IReadOnlyList<(string? Text, double Score)> pieces,
        int unknownId,
        int[]? byteIds,
        IReadOnlySet<int> userDefined,
        bool single)
    {
        _scores = new double[pieces.Count];
        var lowest = double.PositiveInfinity;
        var highest = LeastHighest;
        for (var id = 0; id < pieces.Count; id++)
        {
            var (text, score) = pieces[id];
            if (text is null)
                continue;
            _scores[id] = score;
            _trie.Add(text, id);
            if (userDefined.Contains(id))
                continue;
            lowest = Math.Min(lowest, score);
            highest = Math.Max(highest, score);
        }

        foreach (var id in userDefined)
            _scores[id] = (Encoding.UTF8.GetByteCount(pieces[id].Text ?? "") * (float)highest) - UserDefinedPenalty;

        _unknownScore = (double.IsFinite(lowest) ? lowest : 0) - UnknownPenalty;
        _unknownId = unknownId;
        _byteIds = byteIds;
        _single = single;
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var best = new (double Sum, int Start, int Id)[piece.Length + 1];
        Array.Fill(best, (double.NegativeInfinity, -1, CharacterTrie.None));
        best[0] = (0, 0, CharacterTrie.None);
        for (var start = 0; start < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[start..], out _, out var character);
            Extend(piece, start, character, best);
            start += character;
        }

        Emit(piece, best, ids);
    }

    private void Extend(ReadOnlySpan<char> text, int start, int character, (double Sum, int Start, int Id)[] best)
    {
        var coversCharacter = false;
        var node = CharacterTrie.Root;
        for (var end = start + 1; end <= text.Length; end++)
        {
            node = _trie.Step(node, text[end - 1]);
            if (node == CharacterTrie.None)
                break;
            var id = _trie.Value(node);
            if (id == CharacterTrie.None)
                continue;
            coversCharacter |= end - start == character;
            Offer(best, start, end, _scores[id], id);
        }

        if (!coversCharacter)
            Offer(best, start, start + character, _unknownScore, CharacterTrie.None);
    }

    private void Offer((double Sum, int Start, int Id)[] best, int start, int end, double score, int id)
    {
        // SentencePiece compares a sum in double precision with one that it keeps in single precision, which decides ties.
        var sum = best[start].Sum + score;
        if (_single && id == CharacterTrie.None)
            sum = (float)sum;
        if (best[end].Start < 0 || sum > best[end].Sum)
            best[end] = (_single ? (float)sum : sum, start, id);
    }

    private void Emit(ReadOnlySpan<char> text, (double Sum, int Start, int Id)[] best, List<int> ids)
    {
        var cuts = new Stack<int>();
        for (var end = text.Length; end > 0; end = best[end].Start)
            cuts.Push(end);
        var afterUnknown = false;
        Span<byte> bytes = stackalloc byte[4];
        while (cuts.TryPop(out var end))
        {
            var (_, start, id) = best[end];
            if (id >= 0)
            {
                ids.Add(id);
                afterUnknown = false;
                continue;
            }

            var count = Encoding.UTF8.GetBytes(text[start..end], bytes);
            if (_byteIds is not null && AllBytes(bytes[..count], ids))
                continue;
            if (!afterUnknown && _unknownId >= 0)
                ids.Add(_unknownId);
            afterUnknown = true;
        }
    }

    private bool AllBytes(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        foreach (var value in bytes)
        {
            if (_byteIds![value] < 0)
                return false;
        }

        foreach (var value in bytes)
            ids.Add(_byteIds![value]);
        return true;
    }
}
