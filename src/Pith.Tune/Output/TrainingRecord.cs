using Pith.Models.Tokenizers;
using Pith.Tune.Training;
using Pith.Tune.Tuning;
using Pith.Tune.Text;

namespace Pith.Tune.Output;

/// <summary>Where a trained model comes from: all that <c>training.json</c> and the model's README say.</summary>
public sealed record TrainingRecord
{
    /// <summary>Name of the model, for example <c>pith-0.45m</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The command line, with paths relative to the repository.</summary>
    public required string Command { get; init; }

    /// <summary>Commit of the program; null when not built from one.</summary>
    public required string? Commit { get; init; }

    /// <summary>The text's file, as given on the command line.</summary>
    public required string DataPath { get; init; }

    /// <summary>What the text is and its licence; null when not said.</summary>
    public string? DataNote { get; init; }

    /// <summary>The text.</summary>
    public required TrainingText Text { get; init; }

    /// <summary>The tokenizer, whose files are copied beside the model.</summary>
    public required TokenizerBundle Tokenizer { get; init; }

    /// <summary>The recipe.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>The model that was tuned; null where the weights were drawn.</summary>
    public StartingModel? Start { get; init; }

    /// <summary>Validation loss before tuning, in the formats of the plan, nats a token; null where the weights were drawn.</summary>
    public double? StartingLoss { get; init; }

    /// <summary>Blocks of training text.</summary>
    public required TokenBlocks Blocks { get; init; }

    /// <summary>What came out.</summary>
    public required TrainingResult Result { get; init; }

    /// <summary>Worker threads.</summary>
    public required int Threads { get; init; }
}
