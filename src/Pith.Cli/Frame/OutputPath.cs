using System.CommandLine;
using Pith.Core;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>The pair <c>--out</c> and <c>--force</c> of every verb that makes a file or folder.</summary>
/// <param name="description">What is made.</param>
/// <param name="name">Placeholder in the help: DIR or FILE.</param>
internal sealed class OutputPath(string description, string name = "DIR")
{
    /// <summary>Where to write.</summary>
    public Option<string> Out { get; } = new("--out") { Description = description, HelpName = name, Required = true };

    /// <summary>Whether what is there may be replaced.</summary>
    public Option<bool> Force { get; } = new("--force") { Description = "Replace what is at --out." };

    /// <summary>The full path to write to. Call it before the work begins.</summary>
    /// <exception cref="PithException">Something is there already and --force is not given.</exception>
    public string Resolve(VerbContext context)
    {
        RequireFree(context.Get(Out), context.Get(Force));
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(context.Get(Out)));
    }

    /// <summary>Refuses to write to a name that is taken.</summary>
    /// <exception cref="PithException">Something is there already and <paramref name="force"/> is false.</exception>
    public static void RequireFree(string path, bool force)
    {
        if (Path.Exists(path) && !force)
            throw new PithException(CoreErrors.OutputExists, $"{path}: expected a free name, found a {(Directory.Exists(path) ? "folder" : "file")}");
    }
}
