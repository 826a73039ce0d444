using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Cli.Tests.Verbs;

public sealed class SearchLawVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-law-").FullName;

    public SearchLawVerbTests()
    {
        Directory.CreateDirectory(Models);
        foreach (var model in new[] { "pith-0.45m", "pith-0.85m" })
            File.CreateSymbolicLink(Path.Combine(Models, model), Repository.PathOf($"models/{model}"));
    }

    private string Models => Path.Combine(folder, "models");

    private string Out => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Law_TwoModels_WritesReportPointsAndTheDocumentedFields()
    {
        var (exit, output, error) = Law("--json");

        Assert.Equal((ExitCode.Ok, ""), (exit, error));
        var document = JsonElement.Parse(output);
        var points = document.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal(2 * 2 * 2 * 2, points.Count);
        Assert.Equal(3, document.GetProperty("claims").GetArrayLength());
        Assert.All(document.GetProperty("fits").EnumerateArray(), fit =>
            Assert.Subset(fit.EnumerateObject().Select(member => member.Name).ToHashSet(), new HashSet<string> { "form", "coefficients", "ci95", "r2_heldout" }));

        // At ratio 1 there is one allocation, whatever decides.
        var whole = points.Where(point => point.GetProperty("target").GetDouble() == 1).ToList();
        Assert.All(whole, point => Assert.Equal(1, point.GetProperty("ratio").GetDouble()));
        foreach (var same in whole.GroupBy(point => (point.GetProperty("model").GetString(), point.GetProperty("block_size").GetInt32())))
            Assert.Single(same.Select(point => point.GetProperty("loss_increase").GetDouble()).Distinct());

        Assert.Equal(1 + points.Count, File.ReadAllLines(Path.Combine(Out, "points.csv")).Length);
        Assert.Contains("arXiv 2410.06722", File.ReadAllText(Path.Combine(Out, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Law_RunAgainOrResumed_MeasuresNothingAndSaysTheSame()
    {
        var (_, first, _) = Law("--json");
        var study = Trials();
        var (_, again, error) = Law("--json");
        Assert.Equal((first, ""), (again, error));
        Assert.Equal(ExitCode.Ok, CommandLine.Run("study", "resume", Out, "--json").Exit);
        Assert.Equal(study, Trials());
    }

    [Fact]
    public void Law_OtherSettingsInTheSameFolder_AreRefusedUnlessForced()
    {
        Law();
        var (exit, _, error) = Run("--tokens", "128", "--blocks", "16,32", "--ratios", "0.5,1", "--json");
        Assert.Equal(ExitCode.BadInput, exit);
        Assert.Equal("PITH6004", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.Contains("tokens", CommandLine.ErrorOf(error).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, Law("--force").Exit);
    }

    [Fact]
    public void Law_FolderWithOtherFiles_IsRefused()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "notes.txt"), "mine");
        var (exit, _, error) = Law("--json");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal("PITH1010", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.Equal(["notes.txt"], Directory.GetFiles(Out).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("--blocks", "16,16", "PITH9001")]
    [InlineData("--ratios", "0.5,x", "PITH9001")]
    [InlineData("--ratios", "1.5", "PITH9001")]
    [InlineData("--low", "nonsense", "PITH1001")]
    [InlineData("--tokens", "1", "PITH9001")]
    public void Law_WrongOption_IsRefusedBeforeAnythingIsWritten(string option, string value, string code)
    {
        var (_, _, error) = Run(option, value, "--json");
        Assert.Equal(code, CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.False(Directory.Exists(Out));
    }

    private string Trials() => CommandLine.Run("study", "export", Out).Output;

    private (ExitCode Exit, string Output, string Error) Law(params string[] more) => Run(["--tokens", "64", "--blocks", "16,32", "--ratios", "0.5,1", .. more]);

    private (ExitCode Exit, string Output, string Error) Run(params string[] options) =>
        CommandLine.Run(["search", "law", "--models", Models, "--out", Out, .. options]);
}
