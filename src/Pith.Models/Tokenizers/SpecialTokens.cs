namespace Pith.Models.Tokenizers;

/// <summary>Finds the tokens that begin and end a text.</summary>
internal static class SpecialTokens
{
    private static readonly string[] s_usualBos =
        ["<s>", "<|begin_of_text|>", "<bos>", "[CLS]", "<|startoftext|>", "<|endoftext|>"];

    private static readonly string[] s_usualEos = ["</s>", "<|end_of_text|>", "<eos>", "[SEP]", "<|endoftext|>"];

    /// <summary>Id of the token that begins a text; null when there is none.</summary>
    /// <param name="vocabulary">All tokens, added ones included.</param>
    /// <param name="hints">What other files say.</param>
    /// <param name="own">The name that the tokenizer's own post-processor puts first, if any.</param>
    public static int? Bos(Vocabulary vocabulary, SpecialTokenHints hints, string? own) =>
        hints.HasNoBos ? null : Find(vocabulary, hints.Bos, hints.BosId, own, s_usualBos);

    /// <summary>Id of the token that ends a text; null when there is none.</summary>
    public static int? Eos(Vocabulary vocabulary, SpecialTokenHints hints, string? own) =>
        hints.HasNoEos ? null : Find(vocabulary, hints.Eos, hints.EosId, own, s_usualEos);

    private static int? Find(Vocabulary vocabulary, string? named, int? numbered, string? own, string[] usual)
    {
        if (named is not null && vocabulary.Ids.TryGetValue(named, out var id))
            return id;
        if (numbered is { } number && number >= 0 && number < vocabulary.Texts.Count)
            return number;
        if (own is not null && vocabulary.Ids.TryGetValue(own, out id))
            return id;
        foreach (var name in usual)
        {
            if (vocabulary.Ids.TryGetValue(name, out id))
                return id;
        }

        return null;
    }
}
