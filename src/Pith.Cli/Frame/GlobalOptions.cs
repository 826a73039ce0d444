using System.CommandLine;
using System.Globalization;

namespace Pith.Cli.Frame;

/// <summary>The options that every verb accepts.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON document on standard output, and errors as JSON on standard error.",
        Recursive = true,
    };

    public static readonly Option<int> Threads = new("--threads")
    {
        Description = "Number of threads. Results do not depend on it.",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
        Recursive = true,
    };

    public static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of every random choice.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
        Recursive = true,
    };

    public static readonly Option<string> Cache = new("--cache")
    {
        Description = "Folder for intermediate results.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultCache(),
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more on standard error; show where an error came from.",
        Recursive = true,
    };

    static GlobalOptions() => Threads.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 1024))
            result.AddError($"--threads expects a number from 1 to 1024, not '{token.Value}'.");
    });

    public static IEnumerable<Option> All => [Json, Threads, Seed, Cache, Verbose];

    private static string DefaultCache() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "pith");
}
