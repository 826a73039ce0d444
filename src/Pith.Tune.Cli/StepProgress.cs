using System.Globalization;
using Pith.Cli.Frame;
using Pith.Tune.Training;

namespace Pith.Tune.Cli;

/// <summary>Shows the steps of a training run.</summary>
internal sealed class StepProgress(Progress progress) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        progress.Note = string.Create(
            CultureInfo.InvariantCulture, $"step {value.Step}/{value.Steps}, loss {value.Loss:F4}, {value.TokensPerSecond:N0} tokens/s");
        progress.Report((double)value.Step / value.Steps);
    }
}
