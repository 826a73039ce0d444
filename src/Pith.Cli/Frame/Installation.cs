using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>The folder that holds the program together with its models and texts.</summary>
internal static class Installation
{
    private const string Landmark = "Pith.slnx";

    /// <summary>The folder; null if the program was moved away from it.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder that comes with Pith.</summary>
    /// <param name="relative">For example <c>data/eval.txt</c>.</param>
    /// <exception cref="PithException">It is not there.</exception>
    public static string Require(string relative) => Find(relative)
        ?? throw new PithException(CliErrors.NotFound, $"{relative}: expected it beside the program, found nothing", "Get a whole copy of Pith: git clone, or git checkout -- " + relative);

    /// <summary>The full path of a file or folder that comes with Pith, or null.</summary>
    public static string? Find(string relative) =>
        Root is not null && Path.Exists(Path.Combine(Root, relative)) ? Path.Combine(Root, relative) : null;

    /// <summary>A path as it would be typed in that folder, if it leads there; otherwise the path as it is.</summary>
    public static string Show(string path) =>
        Root is not null && Path.GetFullPath(path).StartsWith(Root + "/", StringComparison.Ordinal) ? Path.GetRelativePath(Root, path) : path;

    private static string? FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Landmark)))
                return at.FullName;
        }

        return null;
    }
}
