using System.Diagnostics;
using System.Globalization;
using Pith.Tune.Pretraining;

namespace Pith.Tune.Cli;

/// <summary>Shows a run's progress: one line that is rewritten on a terminal, a line every ten seconds in a log.</summary>
internal sealed class ProgressLine(TextWriter writer, bool isLog) : IProgress<PretrainProgress>
{
    private readonly TimeSpan _interval = isLog ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(0.2);
    private long _last;
    private bool _open;

    /// <summary>Writes a line of its own.</summary>
    public void Say(string line)
    {
        if (_open) writer.WriteLine();
        _open = false;
        writer.WriteLine(line);
    }

    public void Report(PretrainProgress value)
    {
        if (value.Step < value.Steps && _last != 0 && Stopwatch.GetElapsedTime(_last) < _interval) return;
        _last = Stopwatch.GetTimestamp();
        var line = string.Create(CultureInfo.InvariantCulture,
            $"step {value.Step}/{value.Steps}  loss {value.Loss:F4}  {value.TokensPerSecond:N0} tokens/s  {value.Remaining:h\\:mm\\:ss} left");
        if (isLog) writer.WriteLine(line);
        else writer.Write($"\r{line}\e[K");
        _open = !isLog;
    }
}
