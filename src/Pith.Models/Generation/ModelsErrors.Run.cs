using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of running a model: its weights, evaluation and generation.</summary>
public static partial class ModelsErrors
{
    /// <summary>A weight is NaN or infinite.</summary>
    public static readonly ErrorCode NonFiniteWeight = new(
        "PITH3300", "A weight is not a finite number", "The checkpoint is damaged or its training diverged; get or make another one.");

    /// <summary>An activation is NaN or infinite and the format of its site cannot say so.</summary>
    public static readonly ErrorCode NonFiniteActivation = new(
        "PITH3301", "An activation is not a finite number", "Choose a wider format for this site in a plan.");

    /// <summary>A text is longer than the model can see.</summary>
    public static readonly ErrorCode ContextOverflow = new(
        "PITH3302", "The text is longer than the model's context", "Shorten the text, or ask for a smaller --context.");

    /// <summary>The text to evaluate on is not there or may not be read.</summary>
    public static readonly ErrorCode CannotReadText = new(
        "PITH3303", "The text cannot be read", "Check the path and its permissions.");

    /// <summary>The text to evaluate on is malformed or passes a limit.</summary>
    public static readonly ErrorCode BadText = new(
        "PITH3304", "The text is malformed", "Expected is plain UTF-8 text, or .jsonl with an object with a string \"text\" on each line; either may be .zst.");

    /// <summary>The text holds no token that could be scored.</summary>
    public static readonly ErrorCode NothingToScore = new(
        "PITH3305", "There is nothing to score", "Name a longer text.");

    /// <summary>The tokenizer has ids which the model does not have, or two models have different tokenizers.</summary>
    public static readonly ErrorCode TokenizerMismatch = new(
        "PITH3306", "The tokenizer does not fit", "Use the tokenizer the model was trained with, and compare only models that share one.");

    /// <summary>There is nothing to start from.</summary>
    public static readonly ErrorCode EmptyPrompt = new(
        "PITH3307", "The prompt is empty", "Give a prompt.");

    /// <summary>A conversation was asked for, but the model has no chat template.</summary>
    public static readonly ErrorCode NoChatTemplate = new(
        "PITH3308", "The model has no chat template", "Leave out --system and give the whole text as the prompt, or choose a model trained for conversations.");
}
