namespace Pith.SystemTests.Architecture;

/// <summary>What library code never does, whatever the project.</summary>
public sealed class LibraryTests
{
    private static readonly string[] forbiddenTypes = ["System.Console", "System.Diagnostics.Process"];

    private static readonly string[] forbiddenMembers =
    [
        "System.Environment.GetEnvironmentVariable", "System.Environment.GetEnvironmentVariables", "System.Environment.SetEnvironmentVariable",
        "System.Environment.Exit", "System.Environment.FailFast", "System.DateTime.get_Now", "System.DateTime.get_UtcNow",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Random.get_Shared",
    ];

    public static TheoryData<string> Libraries =>
        [.. DependencyTests.Projects.Select(row => row.Data).Where(project => !project.EndsWith(".Cli", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_Anywhere_NeverPrintsNorStartsProcesses(string project)
    {
        Assert.Empty(new BuiltAssembly(project).Types.Intersect(forbiddenTypes));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_Anywhere_NeverAsksEnvironmentClockOrChance(string project)
    {
        Assert.Empty(new BuiltAssembly(project).Members.Intersect(forbiddenMembers));
    }
}
