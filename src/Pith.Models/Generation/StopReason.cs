namespace Pith.Models.Generation;

/// <summary>Why a generated text ends.</summary>
public enum StopReason
{
    /// <summary>As many tokens as were asked for.</summary>
    MaxTokens,

    /// <summary>The model ended the text.</summary>
    EndOfText,

    /// <summary>A stop string came.</summary>
    StopString,

    /// <summary>The model's context is full.</summary>
    ContextFull,
}
