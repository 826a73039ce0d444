using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.WordPieces;

namespace Pith.Models.Tokenizers.Json;

/// <summary>Reads the <c>model</c> of a tokenizer.json that is WordPiece.</summary>
internal static class WordPieceReader
{
    /// <summary>What marks pieces that continue a word, unless the file says otherwise.</summary>
    public const string Prefix = "##";

    /// <summary>Longest word that is cut, in code points, unless the file says otherwise.</summary>
    public const int MaxCharacters = 100;

    /// <summary>Reads the model.</summary>
    public static TokenModel Read(JsonNode node, Vocabulary vocabulary)
    {
        var unknown = node.Optional("unk_token")?.Text() ?? "[UNK]";
        if (!vocabulary.Ids.TryGetValue(unknown, out var unknownId))
        {
            throw new PithException(
                ModelsErrors.WordPieceVocabularyInvalid, $"{node.File}: the vocabulary lacks the unknown token '{unknown}'.");
        }

        return new WordPiece(
            vocabulary.Ids,
            node.Optional("continuing_subword_prefix")?.Text() ?? Prefix,
            unknownId,
            node.Optional("max_input_chars_per_word")?.Integer() ?? MaxCharacters);
    }
}
