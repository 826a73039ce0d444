using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of families other than Llama's.</summary>
public static partial class ModelsErrors
{
    /// <summary>A model that predicts tokens was asked for, and the one named does not.</summary>
    public static readonly ErrorCode NotCausal = new(
        "PITH3400", "The model does not predict the next token", "Choose a model of the Llama family or an OPT.");

    /// <summary>A text is longer than the model's table of positions.</summary>
    public static readonly ErrorCode NoPositions = new(
        "PITH3401", "The text is longer than the model's table of positions", "Shorten the text.");
}
