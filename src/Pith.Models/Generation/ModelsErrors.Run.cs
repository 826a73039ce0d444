using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>Errors of running a model: loading its weights, evaluation and generation.</summary>
public static partial class ModelsErrors
{
    /// <summary>The checkpoint lacks a tensor which the configuration asks for.</summary>
    public static readonly ErrorCode MissingTensor = new(
        "PITH3300", "A tensor of the model is missing", "Check that config.json belongs to these weights and that the download is complete.");

    /// <summary>A tensor's shape differs from what the configuration says.</summary>
    public static readonly ErrorCode WrongTensorShape = new(
        "PITH3301", "A tensor of the model has another shape", "Check that config.json belongs to these weights.");

    /// <summary>A weight is NaN or infinite.</summary>
    public static readonly ErrorCode NonFiniteWeight = new(
        "PITH3302", "A weight is not a finite number", "The checkpoint is damaged or its training diverged; get or make another one.");

    /// <summary>An activation is NaN or infinite and the format of its site cannot say so.</summary>
    public static readonly ErrorCode NonFiniteActivation = new(
        "PITH3303", "An activation is not a finite number", "Choose a wider format for this site in a plan.");

    /// <summary>A text is longer than the model can see.</summary>
    public static readonly ErrorCode ContextOverflow = new(
        "PITH3304", "The text is longer than the model's context", "Shorten the text, or ask for a smaller --context.");
}
