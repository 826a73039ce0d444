using System.Globalization;

namespace Pith.Cli.Frame;

/// <summary>Shows how far a task is and how long it will still take, once it has lasted two seconds.</summary>
/// <remarks>On a terminal one line is rewritten; elsewhere a line is added every ten seconds. Thread-safe. Dispose when done.</remarks>
internal sealed class Progress(string task, TextWriter messages, bool terminal, bool quiet, TimeProvider time)
    : IProgress<double>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = Patience;
    private bool _shown;

    /// <summary>Something that changes, shown behind the percentage: a loss, tokens per second.</summary>
    public string? Note { get; set; }

    /// <summary>Tells how much of the task is done.</summary>
    /// <param name="value">Fraction, 0 to 1.</param>
    public void Report(double value)
    {
        if (quiet)
            return;
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_start);
            if (elapsed < _next)
                return;
            _next = elapsed + (terminal ? Interval : LineInterval);
            _shown = true;
            var line = Line(Math.Clamp(value, 0, 1), elapsed);
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
        lock (_lock)
        {
            if (_shown && terminal)
                messages.Write("\r\e[K");
            _shown = false;
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
