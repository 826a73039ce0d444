using System.Xml.Linq;
using Pith.TestKit;

namespace Pith.SystemTests.Architecture;

/// <summary>The arrows between projects, and who owns which package.</summary>
public sealed class DependencyTests
{
    // Who may use whom, directly or through others. What is not here may not be used.
    private static readonly Dictionary<string, string[]> arrows = new()
    {
        ["Pith.Core"] = [],
        ["Pith.Kernels"] = ["Pith.Core"],
        ["Pith.Study"] = ["Pith.Core"],
        ["Pith.Models"] = ["Pith.Core", "Pith.Kernels"],
        ["Pith.Compress"] = ["Pith.Core", "Pith.Kernels", "Pith.Models", "Pith.Study"],
        ["Pith.Tune"] = ["Pith.Core", "Pith.Kernels", "Pith.Models"],
        ["Pith.Cli"] = ["Pith.Core", "Pith.Kernels", "Pith.Models", "Pith.Study", "Pith.Compress"],
        ["Pith.Tune.Cli"] = ["Pith.Core", "Pith.Kernels", "Pith.Models", "Pith.Compress", "Pith.Tune"],
    };

    // Assemblies of packages that one project wraps for all others.
    private static readonly Dictionary<string, string[]> owners = new()
    {
        ["TorchSharp"] = ["Pith.Tune", "Pith.Tune.Cli"],
        ["OxyPlot"] = ["Pith.Core"],
        ["ZstdSharp"] = ["Pith.Models", "Pith.Tune"],
        ["Microsoft.Data.Sqlite"] = ["Pith.Study"],
        ["System.CommandLine"] = ["Pith.Cli", "Pith.Tune.Cli"],
    };

    public static TheoryData<string> Projects => [.. Directory
        .EnumerateDirectories(Repository.PathOf("src"))
        .Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfEveryProject_FollowTheArrows(string project)
    {
        Assert.True(arrows.ContainsKey(project), $"{project} has no row in the table of arrows.");
        var references = XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.All(references, used => Assert.Contains(used, arrows[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_OfEveryProject_UsesOnlyWhatIsItsOwn(string project)
    {
        var used = new BuiltAssembly(project).Assemblies;
        Assert.All(used.Where(arrows.ContainsKey), name => Assert.Contains(name, arrows[project]));
        Assert.All(used.Where(owners.ContainsKey), name => Assert.Contains(project, owners[name]));
    }
}
