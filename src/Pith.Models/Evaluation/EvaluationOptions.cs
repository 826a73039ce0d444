namespace Pith.Models.Evaluation;

/// <summary>How a text is cut into windows of tokens, and how much of it is used.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed record EvaluationOptions
{
    /// <summary>Tokens of a window, the beginning-of-text token included.</summary>
    /// <value>At least 2.</value>
    public required int Context { get; init; }

    /// <summary>Tokens from one window of a plain text to the next; each window then scores only what the one before did not. Null: windows
    /// do not overlap.</summary>
    /// <value>1 … <see cref="Context"/>-1. Not for documents, which are cut.</value>
    public int? Stride { get; init; }

    /// <summary>Documents used at most; null for all. Only for files of documents.</summary>
    /// <value>At least 1.</value>
    public int? MaxDocuments { get; init; }

    /// <summary>Tokens of the text used at most, beginning-of-text tokens not counted; null for all.</summary>
    /// <value>At least 1.</value>
    public int? MaxTokens { get; init; }

    /// <summary>Whether each line of a plain text is stripped of white space at both ends and encoded alone, empty ones left out, and the
    /// tokens joined. False: the text is encoded in one piece.</summary>
    public bool ByLine { get; init; }

    /// <summary>What happens to white space before encoding.</summary>
    public Whitespace Whitespace { get; init; }

    /// <summary>Refuses what is out of range or does not go together.</summary>
    /// <param name="isDocuments">Whether the text is a file of documents.</param>
    /// <exception cref="ArgumentException">The message names the option, the range and the value.</exception>
    internal void Check(bool isDocuments)
    {
        AtLeast(2, Context, nameof(Context));
        AtLeast(1, Stride, nameof(Stride));
        AtLeast(1, MaxDocuments, nameof(MaxDocuments));
        AtLeast(1, MaxTokens, nameof(MaxTokens));
        if (Stride >= Context)
            throw Wrong(nameof(Stride), $"The stride is 1 to {Context - 1} with a context of {Context}, found {Stride}.");
        if (isDocuments && Stride is not null)
            throw Wrong(nameof(Stride), "A stride is for plain text; documents of a .jsonl file are cut to the context.");
        if (isDocuments && ByLine)
            throw Wrong(nameof(ByLine), "By line is for plain text; a .jsonl file holds one document a line already.");
        if (!isDocuments && MaxDocuments is not null)
            throw Wrong(nameof(MaxDocuments), "A number of documents is for .jsonl files; limit a plain text by its tokens.");
    }

    private static void AtLeast(int smallest, int? value, string name)
    {
        if (value < smallest)
            throw Wrong(name, $"{name} is at least {smallest}, found {value}.");
    }

    private static ArgumentException Wrong(string name, string message) => new(message, name);
}
