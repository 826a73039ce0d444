using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>A tokenizer as GGUF metadata have it.</summary>
/// <remarks>Source: the keys <c>tokenizer.ggml.*</c> of gguf-py/gguf/constants.py, github ggml-org/llama.cpp. Immutable.</remarks>
internal sealed record GgufVocabulary
{
    /// <summary>The kind of byte-level BPE.</summary>
    public const string Gpt2 = "gpt2";

    /// <summary>The kind of SentencePiece BPE.</summary>
    public const string Llama = "llama";

    /// <summary>The kind of WordPiece.</summary>
    public const string Bert = "bert";

    /// <summary>What a file says that has no vocabulary.</summary>
    public const string None = "no_vocab";

    /// <summary>The prefix of all keys.</summary>
    public const string Prefix = "tokenizer.ggml.";

    /// <summary>The key of the chat template.</summary>
    public const string ChatTemplateKey = "tokenizer.chat_template";

    /// <summary>The kind.</summary>
    public required string Model { get; init; }

    /// <summary>Which splitting pattern byte-level BPE uses; null where nothing is said.</summary>
    public string? Pre { get; init; }

    /// <summary>Texts by id, as the kind writes them.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>What each token is for.</summary>
    public required IReadOnlyList<GgufTokenType> Types { get; init; }

    /// <summary>Scores by id (SentencePiece); empty otherwise.</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>Merges, two tokens with a space between (byte-level BPE); empty otherwise.</summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>Id of the token that begins a text.</summary>
    public int? BosId { get; init; }

    /// <summary>Id of the token that ends a text.</summary>
    public int? EosId { get; init; }

    /// <summary>Id of the token that ends a turn of a chat.</summary>
    public int? EotId { get; init; }

    /// <summary>Id of the unknown token.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Whether texts begin with BOS; null where nothing is said.</summary>
    public bool? AddsBos { get; init; }

    /// <summary>Whether texts get a space in front (SentencePiece); null where nothing is said.</summary>
    public bool? AddsSpace { get; init; }

    /// <summary>The chat template.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The architecture of the model that it came with; old files do not say the splitting pattern.</summary>
    public string? Architecture { get; init; }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="PithException">A key is missing or wrong, or an array passes a limit.</exception>
    public static GgufVocabulary Read(GgufMetadata metadata)
    {
        var model = metadata.Text(Prefix + "model")
            ?? throw new PithException(ModelsErrors.TokenizerMissing, $"{metadata.Path}: expected the key `{Prefix}model`, found none");
        if (model is not (Gpt2 or Llama or Bert))
            throw new PithException(ModelsErrors.GgufTokenizer, $"{metadata.Path}: `{Prefix}model`: expected {Gpt2}, {Llama} or {Bert}, found {Names.Show(model)}");
        var tokens = metadata.Texts(Prefix + "tokens", TokenizerLimits.MaxVocabulary);
        var isBert = model == Bert;
        if (isBert && tokens.FindIndex(token => token.AsSpan().ContainsAny('\r', '\n')) is >= 0 and var broken)
            throw metadata.Wrong(Prefix + "tokens", "words without line breaks", $"one in token {broken}");
        return new GgufVocabulary
        {
            Model = model,
            Pre = metadata.Text(Prefix + "pre"),
            Tokens = tokens,
            Types = ReadTypes(metadata, tokens.Count),
            Scores = model == Llama ? ReadScores(metadata, tokens.Count) : [],
            Merges = model == Gpt2 ? metadata.Texts(Prefix + "merges", TokenizerLimits.MaxMerges) : [],
            BosId = Id("bos") ?? (isBert ? Id("cls") : null),
            EosId = Id("eos") ?? (isBert ? Id("seperator") : null), // the format's spelling
            EotId = Id("eot"),
            UnknownId = Id("unknown"),
            AddsBos = metadata.Truth(Prefix + "add_bos_token"),
            AddsSpace = metadata.Truth(Prefix + "add_space_prefix"),
            ChatTemplate = metadata.Text(ChatTemplateKey),
            Architecture = metadata.Text("general.architecture"),
        };

        int? Id(string name) => metadata.IntegerOrNull($"{Prefix}{name}_token_id", 0, tokens.Count - 1);
    }

    private static GgufTokenType[] ReadTypes(GgufMetadata metadata, int count)
    {
        const string Key = Prefix + "token_type";
        var types = new GgufTokenType[count];
        Array.Fill(types, GgufTokenType.Normal);
        if (!metadata.Has(Key))
            return types;
        var numbers = metadata.Integers(Key, TokenizerLimits.MaxVocabulary);
        if (numbers.Length != count)
            throw metadata.Wrong(Key, $"{count} elements, one a token", $"{numbers.Length}");
        for (var id = 0; id < count; id++)
            types[id] = Enum.IsDefined((GgufTokenType)numbers[id]) ? (GgufTokenType)numbers[id] : GgufTokenType.Normal;
        return types;
    }

    private static float[] ReadScores(GgufMetadata metadata, int count)
    {
        const string Key = Prefix + "scores";
        var scores = metadata.Floats(Key, TokenizerLimits.MaxVocabulary);
        if (scores.Length != count)
            throw metadata.Wrong(Key, $"{count} elements, one a token", $"{scores.Length}");
        return scores;
    }
}
