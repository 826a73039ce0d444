using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Quickstart;

/// <summary>The whole job on the bundled model and a few tokens.</summary>
public sealed class QuickstartVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-quickstart-").FullName;

    private string Out => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_OnTheBundledModel_MeasuresEveryFormatAndWritesTheBest()
    {
        var (exit, output, error) = Run("--tokens", "64", "--bits", "4.6", "--json");

        Assert.Equal((ExitCode.Ok, ""), (exit, error));
        var document = JsonElement.Parse(output);
        var rows = document.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(14, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.InRange(row.GetProperty("bits").GetDouble(), 4.25, 16);
            Assert.InRange(row.GetProperty("perplexity").GetDouble(), 10, 4096);
            Assert.True(row.GetProperty("bytes").GetInt64() > 100_000);
            Assert.True(row.GetProperty("tokens_per_s").GetDouble() > 0);
        });

        // Fewer bits lose more: eight-bit blocks are nearer to the original than four-bit ones, and the original is at zero.
        var kl = rows.ToDictionary(row => row.GetProperty("format").GetString()!, row => row.GetProperty("kl").GetDouble());
        Assert.Equal(0, kl["bf16"]);
        Assert.True(kl["mxint8:32"] < kl["bfp6:16"] && kl["bfp6:16"] < kl["bfp4:16"]);

        var searched = document.GetProperty("searched");
        Assert.InRange(searched.GetProperty("bits").GetDouble(), 4.5, 8.5);
        Assert.InRange(searched.GetProperty("kl").GetDouble(), kl["mxint8:32"], kl["bfp4:16"]);

        // Four bits, and for the factors of rank 4 of a model 64 wide as much as 1.5 more; a correction is worth more than it costs here.
        var lowRank = document.GetProperty("low_rank");
        Assert.InRange(lowRank.GetProperty("bits").GetDouble(), 5, 7);
        Assert.InRange(lowRank.GetProperty("kl").GetDouble(), kl["mxint8:32"], kl["mxint4:16"]);

        var best = document.GetProperty("best").GetString()!;
        Assert.Equal(kl.Where(row => row.Key is "bfp4:16" or "mxint4:16" or "nvfp4" or "mxfp4:32").MinBy(row => row.Value).Key, best);
        Assert.Contains(best, File.ReadAllText(document.GetProperty("report").GetString()!), StringComparison.Ordinal);
        Assert.Contains(best, File.ReadAllText(Path.Combine(document.GetProperty("model").GetString()!, "plan.json")), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "cache")));
    }

    [Fact]
    public void Run_BudgetBelowEveryFormat_SaysWhatIsPossible()
    {
        var (exit, _, error) = Run("--tokens", "2", "--bits", "3");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("--bits expects at least 4.", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void Run_OutputOfSomebodyElse_IsNotTouched()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "report.html"), "mine");
        File.WriteAllText(Path.Combine(Out, "thesis.txt"), "mine");

        var (exit, _, error) = Run("--tokens", "2");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.StartsWith("error PITH1010", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Out, "report.html")));
    }

    private (ExitCode Exit, string Output, string Error) Run(params string[] options) =>
        CommandLine.Run(["quickstart", "--model", Repository.PathOf("models/pith-0.45m"), "--out", Out, "--cache", Path.Combine(folder, "cache"), .. options]);
}
