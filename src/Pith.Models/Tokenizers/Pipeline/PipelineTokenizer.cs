using Pith.Models.Tokenizers.Normalizing;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers.Pipeline;

/// <summary>Added tokens, normalizer, splitting stages and a model, one after another.</summary>
/// <remarks>Source: the pipeline of Hugging Face's tokenizers. Immutable and thread-safe.</remarks>
internal sealed class PipelineTokenizer : ITokenizer
{
    private readonly Normalizer? _normalizer;
    private readonly SplitStage[] _stages;
    private readonly TokenModel _model;
    private readonly TokenTable _table;

    // Indexed by whether special tokens are looked for too.
    private readonly AddedTokenMatcher[] _rawMatchers;
    private readonly AddedTokenMatcher[] _normalizedMatchers;

    /// <summary>Puts the parts together.</summary>
    public PipelineTokenizer(
        string kind,
        TokenModel model,
        TokenTable table,
        Normalizer? normalizer,
        IEnumerable<SplitStage> stages,
        IReadOnlyCollection<AddedToken> addedTokens,
        int? bosId,
        int? eosId)
    {
        Kind = kind;
        _model = model;
        _table = table;
        _normalizer = normalizer;
        _stages = [.. stages];
        BosId = bosId;
        EosId = eosId;
        _rawMatchers = [Matcher(false, false), Matcher(false, true)];
        _normalizedMatchers = [Matcher(true, false), Matcher(true, true)];

        AddedTokenMatcher Matcher(bool normalized, bool special) => new(addedTokens
            .Where(token => token.IsNormalized == normalized && (special || !token.IsSpecial))
            .Select(token => (normalized && normalizer is not null ? normalizer.Apply(token.Content) : token.Content, token)));
    }

    /// <inheritdoc/>
    public string Kind { get; }

    /// <inheritdoc/>
    public int VocabularySize => _table.Count;

    /// <inheritdoc/>
    public int? BosId { get; }

    /// <inheritdoc/>
    public int? EosId { get; }

    /// <summary>What the tokenizer's own file puts around texts and pairs; null where it says nothing.</summary>
    public TextFrame? Frame { get; init; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>((text.Length / 3) + 8);
        IPieceSink sink = new ModelSink(_model, ids);
        for (var i = _stages.Length - 1; i >= 0; i--)
            sink = new ChainSink(_stages[i], sink);
        EncodeRaw(WellFormedText.Of(text), parseSpecial ? 1 : 0, ids, sink);
        return [.. ids];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids) => _table.Decode(ids);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id) => _table.Bytes(id);

    private void EncodeRaw(string text, int special, List<int> ids, IPieceSink sink)
    {
        var matcher = _rawMatchers[special];
        var start = 0;
        var from = 0;
        while (!matcher.IsEmpty && matcher.TryFind(text, from, start, out var match))
        {
            EncodePlain(text[start..match.Start], start == 0, special, ids, sink);
            ids.Add(match.Id);
            start = match.End;
            from = match.Next;
        }

        EncodePlain(start == 0 ? text : text[start..], start == 0, special, ids, sink);
    }

    private void EncodePlain(string text, bool first, int special, List<int> ids, IPieceSink sink)
    {
        if (text.Length == 0)
            return;
        if (_normalizer is not null)
            text = _normalizer.Apply(text);
        var matcher = _normalizedMatchers[special];
        var start = 0;
        var from = 0;
        while (!matcher.IsEmpty && matcher.TryFind(text, from, start, out var match))
        {
            if (match.Start > start)
                sink.Accept(text.AsSpan(start, match.Start - start), first && start == 0);
            ids.Add(match.Id);
            start = match.End;
            from = match.Next;
        }

        if (start < text.Length)
            sink.Accept(text.AsSpan(start), first && start == 0);
    }

    private sealed class ModelSink(TokenModel model, List<int> ids) : IPieceSink
    {
        public void Accept(ReadOnlySpan<char> piece, bool first)
        {
            if (!piece.IsEmpty)
                model.Encode(piece, ids);
        }
    }
}
