using Pith.Cli.Frame;

namespace Pith.Cli.Tests.Frame;

public sealed class ProgressTests
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly StringWriter messages = new();
    private readonly ManualTime time = new();

    [Fact]
    public void Report_InTheFirstTwoSeconds_StaysSilent()
    {
        using (var progress = new Progress("Work", messages, terminal: true, quiet: false, patience, time))
        {
            time.Seconds = 1.9;
            progress.Report(0.5);
        }

        Assert.Empty(messages.ToString());
    }

    [Fact]
    public void Report_Later_TellsPercentageTimeLeftAndNote()
    {
        using var progress = new Progress("Work", messages, terminal: false, quiet: false, patience, time) { Note = "loss 3.21" };
        time.Seconds = 30;
        progress.Report(0.25);

        // A quarter took 30 s: three quarters take 90 s.
        Assert.Equal("Work: 25 %, 1:30 left, loss 3.21\n", messages.ToString());
    }

    [Fact]
    public void Report_OffATerminal_AddsALineEveryTenSeconds()
    {
        using var progress = new Progress("Work", messages, terminal: false, quiet: false, patience, time);
        for (var second = 0; second < 30; second++)
        {
            time.Seconds = second;
            progress.Report(second / 30.0);
        }

        Assert.Equal(["Work: 7 %, 0:28 left", "Work: 40 %, 0:18 left", "Work: 73 %, 0:08 left", ""], messages.ToString().Split('\n'));
    }

    [Fact]
    public void Dispose_OnATerminal_RemovesTheLine()
    {
        using (var progress = new Progress("Work", messages, terminal: true, quiet: false, patience, time))
        {
            time.Seconds = 3;
            progress.Report(0.5);
        }

        Assert.EndsWith("\r\e[K", messages.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    public void Report_AnyFraction_IsShown(double fraction)
    {
        using var progress = new Progress("Work", messages, terminal: false, quiet: false, patience, time);
        time.Seconds = 3;
        progress.Report(fraction);

        Assert.Matches(@"^Work: \d+ %(, 0:00 left)?\n$", messages.ToString());
    }

    [Fact]
    public void Report_Quiet_StaysSilent()
    {
        using var progress = new Progress("Work", messages, terminal: false, quiet: true, patience, time);
        time.Seconds = 60;
        progress.Report(0.5);

        Assert.Empty(messages.ToString());
    }

    private sealed class ManualTime : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
