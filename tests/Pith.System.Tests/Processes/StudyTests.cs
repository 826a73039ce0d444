using System.Diagnostics;
using Pith.Studies;
using Pith.Studies.Stores;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>A search killed without a warning, and a second one beside the first.</summary>
public sealed class StudyTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("pith-study-").FullName;

    public StudyTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "models"));
        File.CreateSymbolicLink(Path.Combine(folder, "models", "pith-0.45m"), Repository.PathOf("models/pith-0.45m"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Search_KilledAndResumed_EndsAsIfUninterrupted()
    {
        Assert.Equal(0, Shell.Run(Search("whole")).Exit);
        foreach (var trials in new[] { 1, 6 })
        {
            using var process = Start("cut", () => Finished("cut") >= trials);
            Assert.Equal(0, Shell.Run($"kill -9 {process.Id}").Exit);
            Assert.True(process.WaitForExit(Deadline));
        }

        var resumed = Shell.Run($"{Program} study resume '{Path.Combine(folder, "cut")}'");
        Assert.True(resumed.Exit == 0, resumed.ToString());
        Assert.Equal(Shell.Run($"{Program} study export '{Path.Combine(folder, "whole")}'").Output, Shell.Run($"{Program} study export '{Path.Combine(folder, "cut")}'").Output);
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "whole", "points.csv")), File.ReadAllText(Path.Combine(folder, "cut", "points.csv")));
    }

    [Fact]
    public void Search_BesideARunningOne_IsRefused()
    {
        using var process = Start("busy", () => Finished("busy") >= 1);
        try
        {
            var second = Shell.Run(Search("busy"));
            Assert.Equal(1, second.Exit);
            Assert.Contains("PITH6003", second.Error, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static string Program => $"dotnet '{Repository.AssemblyOf("Pith.Cli")}'";

    // Enough trials that a kill finds it at work.
    private string Search(string name) =>
        $"{Program} search law --models '{Path.Combine(folder, "models")}' --blocks 8,16,32,64 --ratios 0.25,0.5,0.75,1 --tokens 512 --threads 1 --out '{Path.Combine(folder, name)}'";

    private Process Start(string name, Func<bool> isReady)
    {
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec " + Search(name)]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.True(SpinWait.SpinUntil(() => isReady() || process.HasExited, Deadline));
        Assert.False(process.HasExited, "It ended before it was asked to.");
        return process;
    }

    // A reader beside the writer; before the study is made there is nothing to read.
    private int Finished(string name)
    {
        try
        {
            using var store = SqliteStudyStore.Open(Path.Combine(folder, name, SqliteStudyStore.FileName), StudyAccess.Read);
            return StudySnapshot.Read(store).Trials.Count(trial => trial.IsFinished);
        }
        catch (Core.Diagnostics.PithException)
        {
            return 0;
        }
    }
}
