using System.Reflection;

namespace Pith.Tune.Cli;

/// <summary>How a model was made, for its record.</summary>
internal static class CommandLineText
{
    /// <summary>The command as it would be typed, without the options that only say where to keep things.</summary>
    public static string Of(IEnumerable<string> args) =>
        "pith " + string.Join(' ', args
            .Where(argument => argument is not ("--resume" or "--force" or "--json"))
            .Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument));

    /// <summary>The commit which the build recorded in the assembly's version; null when there is none.</summary>
    public static string? Commit() =>
        typeof(CommandLineText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+', 2) is [_, var commit] ? commit : null;
}
