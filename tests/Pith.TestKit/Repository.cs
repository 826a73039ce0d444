namespace Pith.TestKit;

/// <summary>The working copy that the tests belong to.</summary>
public static class Repository
{
    /// <summary>Full path of its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or folder in it.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Full path of the built assembly of a project under <c>src</c>.</summary>
    public static string AssemblyOf(string project) => PathOf($"artifacts/bin/{project}/release/{AssemblyName(project)}.dll");

    // Programs are named as they are called.
    private static string AssemblyName(string project) => project switch
    {
        "Pith.Cli" => "pith",
        "Pith.Tune.Cli" => "pith-tune",
        _ => project,
    };

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Pith.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The tests must run from a working copy: no Pith.slnx above them.");
    }
}
