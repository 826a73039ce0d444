namespace Pith.Models.Chat;

/// <summary>What a chat template is filled with.</summary>
/// <remarks>Immutable.</remarks>
public sealed record ChatInputs
{
    /// <summary>The conversation, oldest turn first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Whether the prompt ends where the assistant's next turn begins. The default is true.</summary>
    public bool AddsGenerationPrompt { get; init; } = true;

    /// <summary>Text of the BOS token; null when there is none.</summary>
    public string? BosToken { get; init; }

    /// <summary>Text of the EOS token; null when there is none.</summary>
    public string? EosToken { get; init; }

    /// <summary>What templates that ask for the date are told; null leaves the question undefined, for which they have a
    /// date of their own.</summary>
    public DateTime? Now { get; init; }

    /// <summary>Further variables by name; values are null, bool, long, double or string.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();
}
