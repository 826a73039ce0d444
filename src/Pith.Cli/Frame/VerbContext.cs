using System.CommandLine;

namespace Pith.Cli.Frame;

/// <summary>What a verb gets: the parsed command line, the global options, and the place to write to.</summary>
internal sealed class VerbContext(IReadOnlyList<string> arguments, ParseResult parsed, Output output)
{
    /// <summary>The command line as it was typed, without the program.</summary>
    public IReadOnlyList<string> Arguments { get; } = arguments;

    /// <summary>Where results, progress and warnings go.</summary>
    public Output Output { get; } = output;

    /// <summary>Number of threads to use, at least 1.</summary>
    public int Threads => Get(GlobalOptions.Threads);

    /// <summary>Seed of every random choice.</summary>
    public int Seed => Get(GlobalOptions.Seed);

    /// <summary>Folder for intermediate results; not created yet.</summary>
    public string CacheDirectory => Get(GlobalOptions.Cache);

    /// <summary>The value of an option: given, or its default.</summary>
    public T Get<T>(Option<T> option) => parsed.GetValue(option)!;

    /// <summary>The value of an argument.</summary>
    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>Whether the option was written on the command line.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
}
