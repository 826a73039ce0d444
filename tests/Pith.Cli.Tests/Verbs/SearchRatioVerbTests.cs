using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Reports;
using Pith.Core.Sites;
using Pith.Models;
using Pith.Models.Calibration;
using Pith.Models.Checkpoints;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class SearchRatioVerbTests : IDisposable
{
    private static readonly string Model = Repository.PathOf("models/pith-0.45m");

    private static readonly string Text = Repository.PathOf("data/calibrate.txt");

    private readonly string _folder = Directory.CreateTempSubdirectory("pith-cli-search-").FullName;

    private string Output => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Search_LowAndHigh_WritesPlansThatQuantizeApplies()
    {
        var (exit, output, error) = Search("--low", "mxint4:16", "--high", "bf16", "--granularity", "layer", "--budget", "ppl+3%", "--points", "3");

        Assert.Equal((ExitCode.Ok, ""), (exit, error));
        var document = JsonElement.Parse(output);
        Assert.Equal(["front", "evaluations", "seconds", "validation_passes", "plan", "report"], document.EnumerateObject().Select(member => member.Name));
        var front = document.GetProperty("front").EnumerateArray().ToList();
        Assert.Equal(
            ["bits", "bytes", "kl", "perplexity", "ratio", "plan", "tokens_per_s", "is_chosen", "is_knee"],
            front[0].EnumerateObject().Select(member => member.Name));
        Assert.Single(front, point => point.GetProperty("is_chosen").GetBoolean());
        Assert.All(front, point => Assert.InRange(point.GetProperty("tokens_per_s").GetDouble(), 1, double.MaxValue));
        Assert.All(front, point => Assert.NotEmpty(Plan.Load(point.GetProperty("plan").GetString()!).Sites));
        Assert.True(File.Exists(Path.Combine(Output, ReportFiles.Page)));
        Assert.Equal(front.Count + 1, File.ReadAllLines(Path.Combine(Output, "front.csv")).Length);
        Assert.Contains(@"blk\.0\.attn_q\.weight=", File.ReadAllText(Path.Combine(Output, "tensor-types.txt")), StringComparison.Ordinal);

        var quantized = CommandLine.Run("quantize", Model, "--plan", document.GetProperty("plan").GetString()!, "--out", Path.Combine(_folder, "small"), "--json");
        Assert.Equal(ExitCode.Ok, quantized.Exit);
    }

    [Fact]
    public void Search_LowRankCorrections_HaveASpeedEverywhere()
    {
        var (exit, output, _) = Search("--formats", "mxint3:16,mxint6:16", "--low-rank", "0,4", "--low-rank-method", "qera", "--budget", "bits=4.5", "--points", "3");
        Assert.Equal(ExitCode.Ok, exit);
        var front = JsonElement.Parse(output).GetProperty("front").EnumerateArray().ToList();
        Assert.Contains(front, point => Plan.Load(point.GetProperty("plan").GetString()!).Sites.Values.Any(site => site.LowRank is not null));
        Assert.All(front, point => Assert.InRange(point.GetProperty("tokens_per_s").GetDouble(), 1, double.MaxValue));
        Assert.DoesNotContain(File.ReadAllLines(Path.Combine(Output, "front.csv")), line => line.EndsWith(',') || line.Contains(",-,", StringComparison.Ordinal));
    }

    [Fact]
    public void Search_SameSeed_FindsTheSamePlan()
    {
        string[] options = ["--formats", "mxint3:16,mxint6:16", "--budget", "bits=4.5", "--paper-compat", "--points", "0"];
        Assert.Equal(ExitCode.Ok, Search(options).Exit);
        var first = File.ReadAllText(Path.Combine(Output, "plan.json"));
        Assert.Equal(ExitCode.Ok, Search([.. options, "--force"]).Exit);
        Assert.Equal(first, File.ReadAllText(Path.Combine(Output, "plan.json")));
    }

    [Fact]
    public void Search_Trials_AreKeptAndResumed()
    {
        string[] options = ["--formats", "mxint3:16,mxint6:16", "--budget", "bits=4.5", "--points", "0"];
        Assert.Equal(ExitCode.Ok, Search([.. options, "--trials", "3"]).Exit);
        Assert.True(File.Exists(Path.Combine(Output, "study.db")));
        Assert.Equal(ExitCode.Ok, Search([.. options, "--trials", "5"]).Exit);

        // Another budget is another study; without trials nothing is resumed.
        var other = Search("--formats", "mxint3:16,mxint6:16", "--budget", "bits=5", "--points", "0", "--trials", "3");
        Assert.Equal("PITH6004", CommandLine.ErrorOf(other.Error).GetProperty("code").GetString());
        Assert.Equal("PITH1010", CommandLine.ErrorOf(Search(options).Error).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("PITH9001", ExitCode.Usage, "--low", "mxint4", "--budget", "bits=5")]
    [InlineData("PITH9001", ExitCode.Usage, "--low", "mxint4", "--high", "bf16", "--formats", "mxint4,bf16", "--budget", "bits=5")]
    [InlineData("PITH9001", ExitCode.Usage, "--formats", "mxint4", "--budget", "bits=5")]
    [InlineData("PITH9001", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "bits=5", "--granularity", "tensor")]
    [InlineData("PITH9001", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "bits=5", "--damage", "guess")]
    [InlineData("PITH9001", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "bits=5", "--context", "100000")]
    [InlineData("PITH1001", ExitCode.BadInput, "--formats", "mxint4,mxint66", "--budget", "bits=5")]
    [InlineData("PITH4020", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "5")]
    [InlineData("PITH4021", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "bits=4.4")]
    [InlineData("PITH4021", ExitCode.Usage, "--formats", "mxint4,mxint6", "--budget", "bytes=1GiB")]
    [InlineData("PITH4022", ExitCode.BadInput, "--formats", "mxint3,mxint4", "--budget", "kl=0.000001")]
    [InlineData("PITH9003", ExitCode.BadInput, "--formats", "mxint4,mxint6", "--budget", "bits=5", "--fisher", "/no/such/file")]
    [InlineData("PITH9001", ExitCode.Usage, "--formats", "mxint4,mxint6", "--low-rank", "0,2", "--budget", "bits=5", "--fisher", "/no/such/file")]
    public void Search_WrongCall_IsACodedErrorAndMakesNothing(string code, ExitCode exit, params string[] options)
    {
        var result = Search(options);
        Assert.Equal((exit, code), (result.Exit, CommandLine.ErrorOf(result.Error).GetProperty("code").GetString()));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Search_DamagesFromAFile_DecideThePlan()
    {
        using var source = ModelSource.Open(Model);
        var precious = Site.Parse("layers.2.mlp.down");
        var result = SearchDamages(ModelDigest.Of(source, TestContext.Current.CancellationToken), source.Config, precious);
        Assert.Equal(ExitCode.Ok, result.Exit);
        var plan = Plan.Load(Path.Combine(Output, "plan.json"));
        Assert.Equal("mxint6:16", plan[precious].Weights!.ToString());
        Assert.All(plan.Sites.Where(entry => entry.Key != precious), entry => Assert.Equal("mxint4:16", entry.Value.Weights!.ToString()));
    }

    [Fact]
    public void Search_DamagesOfAnotherModel_IsRefused()
    {
        using var source = ModelSource.Open(Model);
        var result = SearchDamages("another", source.Config, Site.Parse("layers.0.attn.q"));
        Assert.Equal((ExitCode.BadInput, "PITH4025"), (result.Exit, CommandLine.ErrorOf(result.Error).GetProperty("code").GetString()));
        Assert.False(Path.Exists(Output));
    }

    [Fact]
    public void Search_BudgetAtTheFloor_WarnsThatNothingIsDecided()
    {
        var (exit, _, error) = Search("--formats", "mxint4,mxint6", "--budget", "bits=4.5", "--points", "0");
        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("fewest bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_OutputThatIsThere_IsRefused()
    {
        Directory.CreateDirectory(Output);
        var result = Search("--formats", "mxint4,mxint6", "--budget", "bits=5");
        Assert.Equal("PITH1010", CommandLine.ErrorOf(result.Error).GetProperty("code").GetString());
    }

    // One site is all that matters, and the budget has room for no more than that one.
    private (ExitCode Exit, string Output, string Error) SearchDamages(string digest, ModelConfig config, Site precious)
    {
        var file = Path.Combine(_folder, "damages.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            version = 1,
            model = digest,
            sites = config.Sites.Where(shape => shape.Site.HasWeight).ToDictionary(
                shape => shape.Site.ToString(), shape => new Dictionary<string, double> { ["mxint4:16"] = shape.Site == precious ? 1 : 0, ["mxint6:16"] = 0 }),
        }));
        return Search("--formats", "mxint4:16,mxint6:16", "--budget", "bits=4.7", "--points", "0", "--fisher", file);
    }

    private (ExitCode Exit, string Output, string Error) Search(params string[] options) =>
        CommandLine.Run(["search", "ratio", Model, "--calibrate", Text, "--max-tokens", "512", "--out", Output, .. options, "--json"]);
}
