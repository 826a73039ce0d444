using System.Diagnostics;
using System.Text.Json;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>Ctrl-C and a request to end, in the middle of the work.</summary>
public sealed class InterruptTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly string folder = Directory.CreateTempSubdirectory("pith-interrupt-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_DuringWork_EndsWith130AndLeavesNothing(string signal)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(
            "dotnet",
            [Repository.AssemblyOf("Pith.Cli"), "quickstart", "--tokens", "1000000", "--out", Path.Combine(folder, "out"), "--cache", Path.Combine(folder, "cache"), "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await UntilWorkBegins(process, cancellation);

        Assert.Equal(0, Shell.Run($"kill -{signal} {process.Id}").Exit);
        await process.WaitForExitAsync(cancellation).WaitAsync(Deadline, cancellation);

        Assert.Equal(130, process.ExitCode);
        Assert.Empty(await output);
        Assert.Equal("PITH9002", JsonElement.Parse(await error).GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), _ => true);
    }

    // The first quantized copy in the cache says that the work is going on.
    private async Task UntilWorkBegins(Process process, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any())
        {
            Assert.False(process.HasExited, "It ended before it was asked to.");
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }
}
