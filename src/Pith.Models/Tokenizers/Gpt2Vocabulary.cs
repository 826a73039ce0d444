using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Bpe;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.Splitting;

namespace Pith.Models.Tokenizers;

/// <summary>Reads GPT-2's pair of files: <c>vocab.json</c> with <c>merges.txt</c>, first published as <c>encoder.json</c> with
/// <c>vocab.bpe</c>.</summary>
/// <remarks>Thread-safe.</remarks>
public static class Gpt2Vocabulary
{
    /// <summary>Reads a tokenizer.</summary>
    /// <param name="vocabulary">The JSON object of ids by token.</param>
    /// <param name="merges">The merges, one a line, after an optional line that starts with <c>#version</c>.</param>
    /// <param name="file">The vocabulary's file name, for messages.</param>
    /// <param name="mergesFile">The merges' file name, for messages.</param>
    /// <param name="hints">What the files beside it say about the tokens that begin and end a text.</param>
    /// <exception cref="PithException">A file is malformed, passes a limit, or the two contradict each other.</exception>
    public static ITokenizer Parse(
        ReadOnlyMemory<byte> vocabulary,
        ReadOnlyMemory<byte> merges,
        string file = "vocab.json",
        string mergesFile = "merges.txt",
        SpecialTokenHints? hints = null)
    {
        hints ??= new SpecialTokenHints();
        var tokens = JsonNode.Read(vocabulary, file, VocabularyReader.Read);
        var table = MergeList.Build(ReadMerges(merges, mergesFile), tokens, mergesFile);
        var rule = new DecodeRule { IsByteLevel = true };
        var entries = tokens.Texts.Select(text => text is null ? null : rule.Bytes(text)).ToList();

        // The pair of files does not say which tokens are special; those of this shape are.
        var special = tokens.Ids
            .Where(static token => token.Key.StartsWith("<|", StringComparison.Ordinal)
                && token.Key.EndsWith("|>", StringComparison.Ordinal))
            .Select(static token => new AddedToken(token.Value, token.Key, IsSpecial: true))
            .ToList();
        foreach (var token in special)
            entries[token.Id] = null;
        return new PipelineTokenizer(
            "byte-level BPE",
            new ByteLevelBpe(BpeReader.ByteIds(tokens), table, wholeWords: null, mapped: false, unknownId: -1),
            new TokenTable(entries, 0),
            normalizer: null,
            [new ByteLevelStage(addPrefixSpace: false, usePattern: true, map: false)],
            special,
            SpecialTokens.Bos(tokens, hints, null),
            SpecialTokens.Eos(tokens, hints, null));
    }

    private static List<(string Left, string Right)> ReadMerges(ReadOnlyMemory<byte> bytes, string file)
    {
        if (bytes.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxFileBytes} bytes are read, found {bytes.Length}.");
        }

        var merges = new List<(string Left, string Right)>();
        var lines = Encoding.UTF8.GetString(bytes.Span).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.Length > 0 && !(i == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
                merges.Add(MergeList.Parse(line, file, merges.Count));
        }

        return merges;
    }
}
