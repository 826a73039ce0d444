namespace Pith.Models.Tokenizers;

/// <summary>What the files beside a tokenizer say about the tokens that begin and end a text.</summary>
/// <remarks>Each of the two is looked for in this order: stated to be absent, named, numbered; then in the tokenizer's own
/// post-processor, then among the usual names. Immutable.</remarks>
public sealed record SpecialTokenHints
{
    /// <summary>Name of the token that begins a text, for example <c>&lt;s&gt;</c>.</summary>
    public string? Bos { get; init; }

    /// <summary>Id of the token that begins a text.</summary>
    public int? BosId { get; init; }

    /// <summary>Whether it is stated that no token begins a text.</summary>
    public bool HasNoBos { get; init; }

    /// <summary>Name of the token that ends a text.</summary>
    public string? Eos { get; init; }

    /// <summary>Id of the token that ends a text.</summary>
    public int? EosId { get; init; }

    /// <summary>Whether it is stated that no token ends a text.</summary>
    public bool HasNoEos { get; init; }
}
