namespace Pith.Models.Tokenizers;

/// <summary>A tokenizer with what the files beside it say about its use.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed record TokenizerBundle
{
    /// <summary>The tokenizer.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>Full paths of the files that make it up, to be copied beside a model that uses it.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Bytes by name of files that make it up and lie inside another file (GGUF), to be written beside a model that uses it.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Contents { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>Ids that end a generated text: the tokenizer's own and those which the model's settings add. May be empty.</summary>
    public required IReadOnlyList<int> EosIds { get; init; }

    /// <summary>Whether a text is to begin with the BOS token: what the settings say, otherwise whether there is one.</summary>
    public required bool AddsBos { get; init; }

    /// <summary>What an encoder's texts and pairs of texts are put into, where the tokenizer's file says it; null otherwise.</summary>
    public TextFrame? Frame { get; init; }

    /// <summary>The chat template in the Jinja language; null when there is none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Text of the BOS token, as chat templates name it; null when there is none.</summary>
    public string? BosToken { get; init; }

    /// <summary>Text of the EOS token, as chat templates name it; null when there is none.</summary>
    public string? EosToken { get; init; }
}
