using System.Diagnostics;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>Quantizing a model that is larger than the memory allowed, and what is left when it fails half-way.</summary>
public sealed class QuantizeTests : IClassFixture<LargeModel>, IDisposable
{
    private const int InterruptedExit = 130;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly LargeModel _model;

    public QuantizeTests(LargeModel model) => _model = model;

    private string Command => CommandFor("bfp6:16");

    public void Dispose() => _model.Clean();

    // The largest weight is 8 MiB as stored; a runtime that may have 32 MiB in all cannot hold more than a few of the 28.
    [Fact]
    public void Quantize_ModelManyTimesTheMemory_Fits()
    {
        var result = Shell.Run("DOTNET_GCHeapHardLimit=0x2000000 " + Command);
        Assert.True(result.Exit == 0, result.ToString());
        Assert.True(new FileInfo(Path.Combine(_model.Output, "model.safetensors")).Length > _model.Bytes * 6 / 16);
    }

    // A limit on the size of files fails a write in the middle of the weights, as a full disk does.
    [Fact]
    public void Quantize_WriteFailsHalfWay_SaysSoAndLeavesNothing()
    {
        var result = Shell.Run("trap '' XFSZ; ulimit -f 40000; " + Command);
        Assert.True(result.Exit == 1, result.ToString());
        Assert.Contains("error PITH", result.Error, StringComparison.Ordinal);
        Assert.Empty(_model.Others);
    }

    // A slow format leaves time for the signal.
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Quantize_Interrupted_LeavesNothing(string signal)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec " + CommandFor("bl8:16@mse")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Assert.True(SpinWait.SpinUntil(() => _model.Others.Any() || process.HasExited, Deadline));
        Shell.Run($"kill -{signal} {process.Id}");
        Assert.True(process.WaitForExit(Deadline));
        Assert.Equal(InterruptedExit, process.ExitCode);
        Assert.Empty(_model.Others);
    }

    private string CommandFor(string format) =>
        $"dotnet '{Repository.AssemblyOf("Pith.Cli")}' quantize '{_model.Path}' --weights {format} --threads 2 --out '{_model.Output}'";
}
