using System.Globalization;

namespace Pith.Cli.Frame;

/// <summary>Shows how far a task is and how long it will still take, once it has lasted a while.</summary>
/// <remarks>On a terminal one line is rewritten; elsewhere a line is added every ten seconds. Thread-safe. Dispose when done.</remarks>
internal sealed class Progress(string task, TextWriter messages, bool terminal, bool quiet, TimeSpan patience, TimeProvider time)
    : IProgress<double>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly long start = time.GetTimestamp();
    private TimeSpan next = patience;
    private bool shown;

    /// <summary>Something that changes, shown behind the percentage: a loss, tokens per second.</summary>
    public string? Note { get; set; }

    /// <summary>Tells how much of the task is done.</summary>
    /// <param name="value">Fraction, 0 to 1.</param>
    public void Report(double value)
    {
        if (quiet)
            return;
        lock (gate)
        {
            var elapsed = time.GetElapsedTime(start);
            if (elapsed < next)
                return;
            next = elapsed + (terminal ? Interval : LineInterval);
            shown = true;
            // Also where nothing of nothing is done: NaN counts as zero.
            var line = Line(value >= 0 ? Math.Min(value, 1) : 0, elapsed);
            if (terminal)
                messages.Write("\r\e[K" + line);
            else
                messages.WriteLine(line);
            messages.Flush();
        }
    }

    /// <summary>Removes the line from the terminal.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (shown && terminal)
                messages.Write("\r\e[K");
            shown = false;
        }
    }

    private string Line(double fraction, TimeSpan elapsed)
    {
        var percent = (fraction * 100).ToString("F0", CultureInfo.InvariantCulture);
        var left = fraction > 0.005 ? $", {Duration(elapsed * ((1 - fraction) / fraction))} left" : "";
        var note = Note is null ? "" : ", " + Note;
        return $"{task}: {percent} %{left}{note}";
    }

    private static string Duration(TimeSpan span) => span.TotalHours >= 1
        ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}"
        : $"{span.Minutes}:{span.Seconds:00}";
}
