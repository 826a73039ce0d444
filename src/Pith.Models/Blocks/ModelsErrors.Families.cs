using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of families other than Llama's.</summary>
public static partial class ModelsErrors
{
    /// <summary>A model that predicts tokens was asked for, and the one named does not.</summary>
    public static readonly ErrorCode NotCausal = new(
        "PITH3400", "The model does not predict the next token", "Choose a model of the Llama family or an OPT; encoders serve `pith eval --classify`.");

    /// <summary>A text is longer than the model's table of positions.</summary>
    public static readonly ErrorCode NoPositions = new(
        "PITH3401", "The text is longer than the model's table of positions", "Shorten the text.");

    /// <summary>An encoder was asked for, and the model is none.</summary>
    public static readonly ErrorCode NotAnEncoder = new(
        "PITH3410", "The model is no encoder", "Choose a model of the type bert, roberta, xlm-roberta or distilbert.");

    /// <summary>The encoder lacks the head or the pooler which is needed.</summary>
    public static readonly ErrorCode NoHead = new(
        "PITH3411", "The encoder lacks what is asked of it", "Choose a checkpoint that was tuned for this; config.json names the kind under architectures.");
}
