using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of calibration.</summary>
public static partial class ModelsErrors
{
    /// <summary>The calibration text is shorter than the method needs.</summary>
    public static readonly ErrorCode TooFewTokens = new(
        "PITH3701", "The calibration text is too short", "Give a longer text, or a method which needs each input's mean alone: qera-diag or l2qer.");

    /// <summary>A calibration sequence holds an id which the model does not have.</summary>
    public static readonly ErrorCode UnknownToken = new(
        "PITH3702", "A token is not in the model's vocabulary", "Encode the text with the tokenizer the model was trained with.");
}
