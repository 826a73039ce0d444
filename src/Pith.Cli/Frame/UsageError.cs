using System.CommandLine;
using System.CommandLine.Parsing;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>Turns what the parser found wrong into one error that names the nearest right word.</summary>
internal static class UsageError
{
    private const int MaximumTypingErrors = 2;

    /// <summary>The error of a command line that does not parse; null if it does.</summary>
    public static PithException? Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var line = string.Join(' ', Path(parsed));
        if (UnknownOption(parsed) is { } option)
        {
            var meant = Nearest(option, Words(command)) is { } word ? $"Did you mean '{word}'? " : "";
            return new PithException(CliErrors.Usage, $"'{line}' has no option '{option}'.", $"{meant}Run '{line} --help'. A text that begins with a dash goes behind ' -- '.");
        }

        if (parsed.Errors.Count == 0)
            return null;
        var wrong = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        var near = wrong is null ? null : Nearest(wrong, Words(command));
        var hint = near is null ? $"Run '{line} --help'." : $"Did you mean '{near}'? Run '{line} --help'.";
        var messages = wrong is not null && command.Subcommands.Count > 0
            ? [$"'{line}' has no command '{wrong}'."]
            : parsed.Errors.Select(error => error.Message).Distinct();
        return new PithException(CliErrors.Usage, string.Join(' ', messages), hint);
    }

    /// <summary>The word at the smallest edit distance, or null if none is close.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> words) => words
        .Select(word => (Word: word, Distance: EditDistance.Between(wrong, word)))
        .Where(candidate => candidate.Distance <= Math.Min(MaximumTypingErrors, wrong.Length / 2))
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Word)
        .FirstOrDefault();

    // The parser takes an unknown option for an argument where one is expected: a typing error would become a prompt.
    private static string? UnknownOption(ParseResult parsed)
    {
        var typed = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet(StringComparer.Ordinal);
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value is ['-', '-' or (>= 'a' and <= 'z'), _, ..] && typed.Contains(value));
    }

    private static IEnumerable<string> Words(Command command) => command.Subcommands.Select(sub => sub.Name)
        .Concat(command.Options.Concat(GlobalOptions.All).Select(option => option.Name));

    private static Stack<string> Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            names.Push(result.Parent is null ? "pith" : result.Command.Name);
        return names;
    }
}
