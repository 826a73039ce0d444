namespace Pith.Models.Generation;

/// <summary>A generated text.</summary>
/// <param name="Text">The continuation, without prompt, end-of-text token and stop string.</param>
/// <param name="Tokens">Tokens generated, the end-of-text token not counted.</param>
/// <param name="PromptTokens">Tokens of the prompt, a beginning-of-text token counted.</param>
/// <param name="Reason">Why the text ends.</param>
/// <param name="PrefillTokensPerSecond">Speed at which the prompt was read.</param>
/// <param name="DecodeTokensPerSecond">Speed of the tokens after the first; null where there was none.</param>
/// <param name="CacheBytes">Bytes of the cached keys and values, packed in the plan's formats.</param>
public sealed record GenerationResult(
    string Text,
    int Tokens,
    int PromptTokens,
    StopReason Reason,
    double PrefillTokensPerSecond,
    double? DecodeTokensPerSecond,
    long CacheBytes);
