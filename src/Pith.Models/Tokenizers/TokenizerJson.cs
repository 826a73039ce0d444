using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers;

/// <summary>Reads the <c>tokenizer.json</c> of Hugging Face's tokenizers.</summary>
/// <remarks>Read are the models BPE (byte-level or with byte fallback), WordPiece and Unigram with the usual normalizers,
/// pre-tokenizers and decoders; anything else is named in an error. Truncation and padding are ignored; of the post-processor
/// the tokens around a text, or a pair of texts, are taken. Thread-safe.</remarks>
public static class TokenizerJson
{
    private static readonly Dictionary<string, Func<TokenizerJsonParts, TokenModel>> s_models = new(StringComparer.Ordinal)
    {
        ["BPE"] = static parts => BpeReader.Read(parts.Model, parts.Vocabulary, parts.IsByteLevel, parts.IsMapped),
        ["WordPiece"] = static parts => WordPieceReader.Read(parts.Model, parts.Vocabulary),
        ["Unigram"] = static parts => UnigramReader.Read(parts.Model, parts.Vocabulary),
    };

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="hints">What the files beside it say about the tokens that begin and end a text.</param>
    /// <exception cref="PithException">The file is malformed, contradicts itself, passes a limit or uses a part that is not
    /// read.</exception>
    public static ITokenizer Parse(
        ReadOnlyMemory<byte> json, string file = "tokenizer.json", SpecialTokenHints? hints = null) =>
        JsonNode.Read<ITokenizer>(json, file, root => Read(root, hints ?? new SpecialTokenHints()));

    private static PipelineTokenizer Read(JsonNode root, SpecialTokenHints hints)
    {
        var modelNode = root.Required("model");
        var kind = ModelKind(modelNode);
        if (!s_models.TryGetValue(kind, out var readModel))
            throw modelNode.Unknown(string.Join(", ", s_models.Keys));
        var vocabularyNode = modelNode.Required("vocab");
        var vocabulary = kind == "Unigram"
            ? UnigramReader.ReadVocabulary(vocabularyNode)
            : VocabularyReader.Read(vocabularyNode);
        var normalizer = NormalizerReader.Read(root.Optional("normalizer"));
        var stages = SplitStageReader.Read(root.Optional("pre_tokenizer"), out var byteLevel, out var mapped);
        var rule = DecodeRuleReader.Read(root.Optional("decoder"));
        var model = readModel(new TokenizerJsonParts(modelNode, vocabulary, byteLevel, mapped));
        var entries = vocabulary.Texts.Select(text => text is null ? null : rule.Bytes(text)).ToList();
        var added = AddedTokenReader.Read(root.Optional("added_tokens"), vocabulary, entries);
        var (first, last) = PostProcessorReader.Read(root.Optional("post_processor"));
        return new PipelineTokenizer(
            byteLevel ? $"byte-level {kind}" : kind,
            model,
            new TokenTable(entries, rule.LeadingSpaces),
            normalizer,
            stages,
            added,
            SpecialTokens.Bos(vocabulary, hints, first),
            SpecialTokens.Eos(vocabulary, hints, last))
        {
            Frame = FrameReader.Read(root.Optional("post_processor"), vocabulary),
        };
    }

    private static string ModelKind(JsonNode model)
    {
        // Files written before 2020 have no type.
        if (model.Type.Length > 0)
            return model.Type;
        return model.Optional("merges") is not null ? "BPE" : "";
    }
}
