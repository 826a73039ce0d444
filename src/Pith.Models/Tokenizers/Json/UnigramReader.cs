using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.SentencePiece;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>model</c> of a tokenizer.json that is Unigram.</summary>
internal static class UnigramReader
{
    /// <summary>Reads the vocabulary: an array of pairs of text and score, the id being the place.</summary>
    public static Vocabulary ReadVocabulary(JsonNode node)
    {
        var vocabulary = new Vocabulary(node.File);
        foreach (var (text, id) in node.Items().Select(static (pair, id) => (Pair(pair).Text, id)))
            vocabulary.Add(text, id);
        return vocabulary;
    }

    /// <summary>Reads the model.</summary>
    public static TokenModel Read(JsonNode node, Vocabulary vocabulary)
    {
        var unknownId = node.Optional("unk_id")?.Integer() ?? -1;
        if (unknownId >= vocabulary.Texts.Count)
            throw node.Malformed($"the unknown token {unknownId} is outside the vocabulary of {vocabulary.Texts.Count}");
        return new Unigram(
            [.. node.Required("vocab").Items().Select(static pair => ((string?)Pair(pair).Text, Pair(pair).Score))],
            unknownId,
            node.Flag("byte_fallback", false) ? BpeReader.FallbackIds(vocabulary) : null,
            new HashSet<int>(),
            single: false);
    }

    private static (string Text, double Score) Pair(JsonNode node)
    {
        var parts = node.Items().ToArray();
        return parts.Length == 2
            ? (parts[0].Text(), parts[1].Real())
            : throw node.Malformed($"expected a text and a score, found {parts.Length} items");
    }
}
