using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.SentencePiece;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>Takes the vocabulary for a GGUF file out of a tokenizer's own files.</summary>
/// <remarks>Thread-safe.</remarks>
internal static class GgufVocabularySource
{
    private const string Gpt2Digits = @"\p{N}";

    private static readonly (string Extension, Func<byte[], string, GgufVocabulary> Read)[] Readers =
        [(".json", ReadJson), (".model", ReadPieces), (".bin", ReadLlama2c)];

    /// <summary>Reads the vocabulary, as large as the model's embedding.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">Token ids of the model.</param>
    /// <exception cref="PithException">llama.cpp has no such tokenizer (<see cref="ModelsErrors.CannotWriteGguf"/>).</exception>
    public static GgufVocabulary Read(TokenizerBundle tokenizer, int size)
    {
        var (name, bytes) = tokenizer.Files.Count > 0
            ? (tokenizer.Files[0], TokenizerFile.Read(tokenizer.Files[0]))
            : tokenizer.Contents.Select(file => (file.Key, file.Value.ToArray())).First();
        var reader = Array.Find(Readers, row => row.Extension == Path.GetExtension(name)).Read;
        if (reader is null || Path.GetFileName(name) is "vocab.json" or "encoder.json")
            throw Cannot(name, "a tokenizer.json, tokenizer.model or tokenizer.bin", Path.GetFileName(name));
        var vocabulary = reader(bytes, name);
        if (vocabulary.Tokens.Count > size)
            throw Cannot(name, $"at most the {size} tokens of the model", $"{vocabulary.Tokens.Count}");

        // Ids without a token, as larger embeddings have them, get names that no text contains.
        var missing = Enumerable.Range(vocabulary.Tokens.Count, size - vocabulary.Tokens.Count).ToList();
        return vocabulary with
        {
            Tokens = [.. vocabulary.Tokens, .. missing.Select(id => $"[PAD{id}]")],
            Types = [.. vocabulary.Types, .. missing.Select(_ => GgufTokenType.Unused)],
            Scores = vocabulary.Scores.Count == 0 ? [] : [.. vocabulary.Scores, .. missing.Select(_ => 0f)],
            BosId = tokenizer.Tokenizer.BosId,
            EosId = tokenizer.Tokenizer.EosId,
            EotId = tokenizer.EosIds.Where(id => id != tokenizer.Tokenizer.EosId && id < size).Select(id => (int?)id).FirstOrDefault(),
            AddsBos = tokenizer.AddsBos,
            ChatTemplate = tokenizer.ChatTemplate,
        };
    }

    private static GgufVocabulary ReadJson(byte[] json, string file) => JsonNode.Read(json, file, root =>
    {
        var model = root.Required("model");
        if (model.Optional("merges") is not null && model.Flag("byte_fallback", false))
            return ReadCharacterBpe(root, model);
        var split = ReadSplit(root.Optional("pre_tokenizer"));
        if (split is null || model.Optional("merges") is null)
            throw Cannot(file, "BPE on bytes or with byte fallback", $"a {(model.Type.Length > 0 ? model.Type : "nameless")} model");
        var (patterns, usesGpt2, addsSpace) = split.Value;
        var pre = GgufPreTokenizer.NameOf(patterns, usesGpt2, model.Flag("ignore_merges", false))
            ?? throw Cannot(file, "a splitting pattern which llama.cpp knows", string.Join(" and ", patterns.DefaultIfEmpty("none")));
        var vocabulary = VocabularyReader.Read(model.Required("vocab"));
        var added = AddedTokenReader.Read(root.Optional("added_tokens"), vocabulary, []);
        var types = vocabulary.Texts.Select(text => text is null ? GgufTokenType.Unused : GgufTokenType.Normal).ToArray();
        foreach (AddedToken token in added)
            types[token.Id] = token.IsSpecial ? GgufTokenType.Control : GgufTokenType.UserDefined;
        return new GgufVocabulary
        {
            Model = GgufVocabulary.Gpt2,
            Pre = pre,
            Tokens = [.. vocabulary.Texts.Select((text, id) => text ?? $"[PAD{id}]")],
            Types = types,
            Merges = [.. model.Required("merges").Items().Select(Merge)],
            AddsSpace = addsSpace,
        };
    });

    // SentencePiece's BPE written as merges: a token's score is that of the first merge which makes it, so that better ones join first.
    private static GgufVocabulary ReadCharacterBpe(JsonNode root, JsonNode model)
    {
        var vocabulary = VocabularyReader.Read(model.Required("vocab"));
        var added = AddedTokenReader.Read(root.Optional("added_tokens"), vocabulary, []);
        var types = vocabulary.Texts.Select(text => text is null ? GgufTokenType.Unused
            : DecodeRule.FallbackByte(text) >= 0 ? GgufTokenType.Byte : GgufTokenType.Normal).ToArray();
        foreach (AddedToken token in added)
            types[token.Id] = token.IsSpecial ? GgufTokenType.Control : GgufTokenType.UserDefined;
        int? unknownId = model.Optional("unk_token")?.Text() is { } name && vocabulary.Ids.TryGetValue(name, out var id) ? id : null;
        if (unknownId is { } unknown)
            types[unknown] = GgufTokenType.Unknown;
        var scores = new float[types.Length];
        var rank = 0;
        foreach (var merge in model.Required("merges").Items())
        {
            rank++;
            var joined = Merge(merge).Replace(" ", "", StringComparison.Ordinal);
            if (vocabulary.Ids.TryGetValue(joined, out var made) && scores[made] == 0)
                scores[made] = -rank;
        }

        return new GgufVocabulary
        {
            Model = GgufVocabulary.Llama,
            Pre = "default",
            Tokens = [.. vocabulary.Texts.Select((text, index) => text ?? $"[PAD{index}]")],
            Types = types,
            Scores = scores,
            UnknownId = unknownId,
            AddsSpace = AddsSpace(root),
        };
    }

    private static bool AddsSpace(JsonNode root)
    {
        if (root.Optional("pre_tokenizer") is { Type: "Metaspace" } metaspace)
            return metaspace.Optional("prepend_scheme")?.Text() is { } scheme ? scheme != "never" : metaspace.Flag("add_prefix_space", true);
        return root.Optional("normalizer") is { } normalizer
            && (normalizer.Type == "Sequence" ? normalizer.Required("normalizers").Items() : [normalizer]).Any(part => part.Type == "Prepend");
    }

    private static string Merge(JsonNode merge) =>
        merge.Element.ValueKind == System.Text.Json.JsonValueKind.String ? merge.Text() : string.Join(' ', merge.Items().Select(part => part.Text()));

    // The patterns before the byte-level stage; null for any other kind of splitting.
    private static (List<string> Patterns, bool UsesGpt2, bool AddsSpace)? ReadSplit(JsonNode? node)
    {
        if (node is not { } present)
            return null;
        var patterns = new List<string>();
        foreach (var stage in present.Type == "Sequence" ? present.Required("pretokenizers").Items().ToArray() : [present])
        {
            switch (stage.Type)
            {
                case "ByteLevel":
                    return (patterns, stage.Flag("use_regex", true), stage.Flag("add_prefix_space", true));
                case "Digits" when stage.Flag("individual_digits", false):
                    patterns.Add(Gpt2Digits);
                    break;
                case "Split" when stage.Required("pattern").Optional("Regex") is { } pattern:
                    patterns.Add(pattern.Text());
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static GgufVocabulary ReadPieces(byte[] model, string file)
    {
        var pieces = PieceFile.Parse(model, file);
        if (pieces.Type != PieceModelType.Bpe)
            throw Cannot(file, "a SentencePiece BPE model", $"type {pieces.Type}");
        return new GgufVocabulary
        {
            Model = GgufVocabulary.Llama,
            Pre = "default",
            Tokens = [.. pieces.Pieces.Select(piece => piece.Text)],
            Types = [.. pieces.Pieces.Select(piece => (GgufTokenType)piece.Type)],
            Scores = [.. pieces.Pieces.Select(piece => piece.Score)],
            UnknownId = Index(pieces.Pieces.FindIndex(piece => piece.Type == PieceType.Unknown)),
            AddsSpace = pieces.AddsDummyPrefix,
        };
    }

    private static GgufVocabulary ReadLlama2c(byte[] bytes, string file)
    {
        const int FirstText = 3;
        var tokens = Llama2cTokenizer.ReadTokens(bytes, file);
        return new GgufVocabulary
        {
            Model = GgufVocabulary.Llama,
            Pre = "default",
            Tokens = [.. tokens.Select((token, id) => id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", _ => token.Text.Replace(' ', '\u2581') })],
            Types = [.. tokens.Select((token, id) => id switch
            {
                0 => GgufTokenType.Unknown,
                < FirstText => GgufTokenType.Control,
                _ => DecodeRule.FallbackByte(token.Text) >= 0 ? GgufTokenType.Byte : GgufTokenType.Normal,
            })],
            Scores = [.. tokens.Select(token => token.Score)],
            UnknownId = 0,
            AddsSpace = true,
        };
    }

    private static int? Index(int index) => index < 0 ? null : index;

    private static PithException Cannot(string file, string expected, string found) =>
        new(ModelsErrors.CannotWriteGguf, $"{file}: expected {expected}, found {Names.Show(found)}");
}
