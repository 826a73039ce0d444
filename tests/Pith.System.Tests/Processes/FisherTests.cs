using System.Runtime.InteropServices;
using System.Text.Json;
using Pith.Core.Plans;
using Pith.Models.Checkpoints;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>Damages from the training program's gradients, spent by a search.</summary>
public sealed class FisherTests : IDisposable
{
    private const string Low = "mxint3:16";
    private const string High = "mxint6:16";

    private static readonly string Model = Repository.PathOf("models/pith-0.45m");
    private static readonly string Text = Repository.PathOf("data/calibrate.txt");

    private readonly string folder = Directory.CreateTempSubdirectory("pith-fisher-").FullName;

    private string Damages => Path.Combine(folder, "fisher.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Search_DamagesOfTheTrainingProgram_GoToTheSitesThatNeedThem()
    {
        RequireTorch();
        var made = Shell.Run($"dotnet '{Repository.AssemblyOf("Pith.Tune.Cli")}' train fisher '{Model}' --text '{Text}' --formats {Low},{High} --blocks 1 --context 64 --out '{Damages}'");
        Assert.True(made.Exit == 0, made.ToString());

        var found = Search(Model, "found");
        Assert.True(found.Exit == 0, found.ToString());
        var plan = Plan.Load(Path.Combine(folder, "found", "plan.json"));
        using var source = ModelSource.Open(Model);
        var sites = source.Config.Sites.Where(shape => shape.Site.HasWeight).ToList();
        var read = JsonElement.Parse(File.ReadAllText(Damages)).GetProperty("sites");
        double Saved(Core.Sites.Site site) => read.GetProperty(site.ToString()).GetProperty(Low).GetDouble() - read.GetProperty(site.ToString()).GetProperty(High).GetDouble();

        // Of two weights of a size the one where bits take more damage away has them.
        var isHigh = sites.ToLookup(shape => plan[shape.Site].Weights!.ToString() == High);
        Assert.NotEmpty(isHigh[true]);
        Assert.NotEmpty(isHigh[false]);
        Assert.All(isHigh[true], high => Assert.All(
            isHigh[false].Where(low => low.Weights == high.Weights), low => Assert.True(Saved(high.Site) >= Saved(low.Site))));

        var other = Search(Repository.PathOf("models/pith-0.85m"), "other");
        Assert.Equal(3, other.Exit);
        Assert.Contains("PITH4025", other.Error, StringComparison.Ordinal);
    }

    private static void RequireTorch()
    {
        var native = Path.Combine(Path.GetDirectoryName(Repository.AssemblyOf("Pith.Tune.Cli"))!, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        if (!Directory.Exists(native) || Directory.GetFiles(native, "libtorch_cpu.*").Length == 0)
            Assert.Skip($"There is no torch for {RuntimeInformation.RuntimeIdentifier}.");
    }

    private Shell.Result Search(string model, string output) => Shell.Run(
        $"dotnet '{Repository.AssemblyOf("Pith.Cli")}' search ratio '{model}' --formats {Low},{High} --budget bits=4.5 --points 0 --calibrate '{Text}' --max-tokens 512 --fisher '{Damages}' --out '{Path.Combine(folder, output)}'");
}
