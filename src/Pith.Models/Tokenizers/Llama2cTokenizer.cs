using System.Buffers.Binary;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Bpe;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Normalizing;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.SentencePiece;

namespace Pith.Models.Tokenizers;

/// <summary>Reads the <c>tokenizer.bin</c> of llama2.c.</summary>
/// <remarks>Layout, little-endian: int32 length of the longest token in bytes; then for each token float32 score, int32
/// length, bytes. Ids 0, 1, 2 are unknown, BOS and EOS; 3 … 258 stand for single bytes, if they are named so. Source: run.c
/// of karpathy/llama2.c. Thread-safe.</remarks>
public static class Llama2cTokenizer
{
    private const int FirstByteId = 3;
    private const int UnknownId = 0;
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="PithException">The file is truncated, contradicts its lengths, or passes a limit.</exception>
    public static ITokenizer Parse(ReadOnlyMemory<byte> bytes, string file = "tokenizer.bin")
    {
        var tokens = ReadTokens(bytes.Span, file);
        var hasBytes = Enumerable.Range(0, 256).All(value =>
            tokens.Count > FirstByteId + value && tokens[FirstByteId + value].Text == $"<0x{value:X2}>");
        var firstText = hasBytes ? FirstByteId + 256 : FirstByteId;
        var mergeable = tokens.Select((token, id) => (id < firstText ? null : token.Text, token.Score)).ToList();
        var model = new CharacterBpe(new CharacterBpeParts
        {
            Texts = [.. mergeable.Select(static token => token.Item1)],
            CharacterIds = ScoredMerges.CharacterIds(mergeable),
            Merges = ScoredMerges.Build(mergeable, file),
            ByteIds = hasBytes ? [.. Enumerable.Range(FirstByteId, 256)] : null,
            UnknownId = UnknownId,
            FusesUnknown = true,
            Space = ' ',
        });
        var entries = tokens.Select((token, id) => Entry(token.Text, id, firstText)).ToList();
        return new PipelineTokenizer(
            "llama2.c BPE",
            model,
            new TokenTable(entries, 1, UnknownId),
            new FunctionNormalizer(static text => text.Length == 0 ? text : " " + text),
            [],
            [new AddedToken(1, "<s>", IsSpecial: true), new AddedToken(2, "</s>", IsSpecial: true)],
            bosId: 1,
            eosId: 2);
    }

    private static byte[]? Entry(string text, int id, int firstText)
    {
        if (id < FirstByteId)
            return id == UnknownId ? Encoding.UTF8.GetBytes(" \u2047 ") : null;
        return id < firstText ? [(byte)DecodeRule.FallbackByte(text)] : Encoding.UTF8.GetBytes(text);
    }

    internal static List<(string Text, float Score)> ReadTokens(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxFileBytes} bytes are read, found {bytes.Length}.");
        }

        if (bytes.Length < 4)
            throw Malformed($"expected a length of four bytes, found {bytes.Length} bytes");
        var longest = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var tokens = new List<(string, float)>();
        for (var at = 4; at < bytes.Length;)
        {
            if (bytes.Length - at < 8)
                throw Malformed($"token {tokens.Count} at byte {at} ends too soon");
            var score = BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 4)..]);
            at += 8;
            if (float.IsNaN(score) || length <= 0 || length > longest || length > bytes.Length - at)
            {
                throw Malformed(
                    $"token {tokens.Count} at byte {at - 8} has the score {score} and the length {length}; the longest claimed is {longest}, and {bytes.Length - at} bytes are left");
            }

            if (tokens.Count == TokenizerLimits.MaxVocabulary)
            {
                throw new PithException(
                    ModelsErrors.TokenizerTooLarge, $"{file}: at most {TokenizerLimits.MaxVocabulary} tokens are read.");
            }

            tokens.Add((Text(bytes.Slice(at, length), tokens.Count), score));
            at += length;
        }

        return tokens.Count > FirstByteId ? tokens : throw Malformed($"expected text after the three special tokens, found {tokens.Count} tokens");

        PithException Malformed(string problem) => new(ModelsErrors.Llama2cTokenizerMalformed, $"{file}: {problem}.");

        string Text(ReadOnlySpan<byte> token, int id)
        {
            try
            {
                return s_strict.GetString(token);
            }
            catch (ArgumentException)
            {
                throw Malformed($"token {id} is not UTF-8");
            }
        }
    }
}
