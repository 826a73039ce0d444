using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Normalizing;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.Splitting;
using Pith.Models.Tokenizers.WordPieces;

namespace Pith.Models.Tokenizers;

/// <summary>Reads BERT's <c>vocab.txt</c>.</summary>
/// <remarks>Thread-safe.</remarks>
public static class WordPieceVocabulary
{
    private const string Unknown = "[UNK]";
    private static readonly string[] s_special = ["[PAD]", Unknown, "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="vocabulary">The file's bytes: one token a line, the id being the line's number from 0.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="lowersCase">Whether text is lower-cased and stripped of accents; when null, whether fewer than
    /// one token in twenty has a capital letter of ASCII (none of BERT's uncased vocabulary has one; two of its Chinese
    /// vocabulary do).</param>
    /// <param name="hints">What the files beside it say about the tokens that begin and end a text.</param>
    /// <exception cref="PithException">The file has repeated tokens, no unknown token, or passes a limit.</exception>
    public static ITokenizer Parse(
        ReadOnlyMemory<byte> vocabulary,
        string file = "vocab.txt",
        bool? lowersCase = null,
        SpecialTokenHints? hints = null)
    {
        hints ??= new SpecialTokenHints();
        var tokens = Read(vocabulary.Span, file);
        if (!tokens.Ids.TryGetValue(Unknown, out var unknownId))
        {
            throw new PithException(
                ModelsErrors.WordPieceVocabularyInvalid,
                $"{file}: expected a line {Unknown} among the {tokens.Texts.Count} lines, found none.");
        }

        var special = s_special.Where(tokens.Ids.ContainsKey)
            .Select(name => new AddedToken(tokens.Ids[name], name, IsSpecial: true)).ToList();
        var capitals = tokens.Ids.Keys.Count(static token => token[0] != '[' && token.Any(char.IsAsciiLetterUpper));
        var lowers = lowersCase ?? capitals * 20L < tokens.Ids.Count;
        var rule = new DecodeRule { ContinuationPrefix = WordPieceReader.Prefix, IsCleaned = true };
        var entries = tokens.Texts.Select(text => text is null ? null : rule.Bytes(text)).ToList();
        foreach (var token in special)
            entries[token.Id] = null;
        return new PipelineTokenizer(
            "WordPiece",
            new WordPiece(tokens.Ids, WordPieceReader.Prefix, unknownId, WordPieceReader.MaxCharacters),
            new TokenTable(entries, 1),
            new BertNormalizer(clean: true, spaceIdeographs: true, stripAccents: null, lowers),
            [
                new RuneStage(Rune.IsWhiteSpace, SplitBehavior.Removed),
                new RuneStage(CharacterClasses.IsPunctuation, SplitBehavior.Isolated),
            ],
            special,
            SpecialTokens.Bos(tokens, hints, "[CLS]"),
            SpecialTokens.Eos(tokens, hints, "[SEP]"));
    }

    private static Vocabulary Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxFileBytes} bytes are read, found {bytes.Length}.");
        }

        var tokens = new Vocabulary(file);
        var id = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            var line = Encoding.UTF8.GetString(bytes[range]).TrimEnd('\r');

            // An empty line takes an id and stands for nothing.
            if (line.Length > 0)
                tokens.Add(line, id);
            id++;
        }

        return tokens;
    }
}
