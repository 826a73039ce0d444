using System.Globalization;
using Pith.Cli.Frame;
using Pith.Studies;

namespace Pith.Cli.Search;

/// <summary>Shows the progress of a study: the share of its trials, and the best so far.</summary>
internal sealed class StudyNote(Progress progress) : IProgress<StudyProgress>
{
    /// <inheritdoc/>
    public void Report(StudyProgress value)
    {
        if (value.Best is { } best)
            progress.Note = string.Create(CultureInfo.InvariantCulture, $"best {best.Objectives[0]:G4} in trial {best.Number}");
        progress.Report((double)value.Finished / value.Planned);
    }
}
