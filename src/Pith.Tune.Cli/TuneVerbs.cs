using System.CommandLine;

namespace Pith.Tune.Cli;

/// <summary>What the training program can do. The launcher starts it for these words, so they are those of <c>pith</c>.</summary>
internal static class TuneVerbs
{
    /// <summary>What the program is for.</summary>
    public const string Description = "Trains small language models: the part of Pith that needs torch.";

    /// <summary>Every verb.</summary>
    public static readonly Func<Command>[] All =
    [
        () => new Command("train", "Makes models from text.") { TrainModelVerb.Create(), TrainFisherVerb.Create() },
        TuneVerb.Create,
    ];
}
