namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The splitting patterns behind the names in <c>tokenizer.ggml.pre</c>.</summary>
/// <remarks>Names and patterns: src/llama-vocab.cpp of github ggml-org/llama.cpp. Where that simplifies a tokenizer's own pattern, the
/// tokenizer's own is meant. Thread-safe.</remarks>
internal static class GgufPreTokenizer
{
    /// <summary>The name of GPT-2's pattern.</summary>
    public const string Gpt2 = "gpt-2";

    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly (string[] Names, GgufSplit Split)[] Table =
    [
        ([Gpt2, "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "mpt", "olmo", "jais"], new GgufSplit([])),
        (["llama-bpe", "llama3", "llama-v3", "falcon3"], new GgufSplit([Llama3Pattern], IgnoresMerges: true, AddsBos: true, UsesGpt2: false)),
        (["dbrx", "smaug-bpe", "chatglm-bpe"], new GgufSplit([Llama3Pattern], UsesGpt2: false)),
        (["qwen2", "deepseek-r1-qwen", "megrez"], new GgufSplit([Qwen2Pattern], IsComposed: true, UsesGpt2: false)),
        (["stablelm2"], new GgufSplit([Qwen2Pattern], UsesGpt2: false)),
        (["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b"], new GgufSplit([@"\p{N}"])),
        (["default"], new GgufSplit([@"[\p{P}\$\+<=>\^~\|]+", Gpt2Pattern, @"\p{N}+", "[0-9][0-9][0-9]"], UsesGpt2: false)),
    ];

    /// <summary>How a vocabulary splits texts; null when its name is not known.</summary>
    public static GgufSplit? Find(GgufVocabulary vocabulary)
    {
        // Files from before the key was there: GPT-2's own pattern; GPT-NeoX composes characters first.
        if (vocabulary.Pre is null)
            return new GgufSplit([], IsComposed: vocabulary.Architecture == "gptneox");
        var row = Array.Find(Table, row => row.Names.Contains(vocabulary.Pre, StringComparer.Ordinal));
        return row.Split;
    }

    /// <summary>Whether texts begin with BOS where a file does not say.</summary>
    public static bool AddsBos(string? name) => Array.Find(Table, row => row.Names.Contains(name, StringComparer.Ordinal)).Split is { AddsBos: true };

    /// <summary>The name of a split; null when llama.cpp has none for it.</summary>
    /// <param name="patterns">The patterns before the byte-level stage.</param>
    /// <param name="usesGpt2">Whether the byte-level stage splits too.</param>
    /// <param name="ignoresMerges">Whether a piece that is a token is taken as it is.</param>
    public static string? NameOf(IReadOnlyList<string> patterns, bool usesGpt2, bool ignoresMerges)
    {
        var alternatives = patterns.Select(Canonical).ToList();
        return Array.Find(Table, row => row.Split.UsesGpt2 == usesGpt2 && row.Split.IgnoresMerges == ignoresMerges && row.Split.Patterns.SequenceEqual(alternatives, StringComparer.Ordinal))
            .Names?[0];
    }

    // Contractions are also written out without the flag.
    private static string Canonical(string pattern) => pattern.Replace(
        "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])", "(?i:'s|'t|'re|'ve|'m|'ll|'d)", StringComparison.Ordinal);
}
