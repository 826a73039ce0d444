namespace Pith.Models.Generation;

/// <summary>How a text is continued.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed record GenerationOptions
{
    /// <summary>Tokens to generate at most.</summary>
    /// <value>At least 1. Default 256.</value>
    public int MaxTokens { get; init; } = 256;

    /// <summary>How each token is drawn.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Strings which end the text; they are not part of it.</summary>
    /// <value>None is empty. Default: none.</value>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">The message names the option, its range and the value.</exception>
    public void Check()
    {
        if (MaxTokens < 1)
            throw Wrong(nameof(MaxTokens), $"The number of tokens to generate is at least 1, found {MaxTokens}.");
        if (Stop.Any(string.IsNullOrEmpty))
            throw Wrong(nameof(Stop), "A stop string has at least one character, found an empty one.");
        Sampling.Check();
    }

    private static ArgumentException Wrong(string name, string message) => new(message, name);
}
