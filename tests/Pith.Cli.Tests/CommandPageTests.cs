using System.CommandLine;
using System.Globalization;
using System.Text;
using Pith.Cli.Frame;
using Pith.Cli.Verbs;
using Pith.TestKit;

namespace Pith.Cli.Tests;

/// <summary>The page that lists every verb.</summary>
public sealed class CommandPageTests
{
    [Fact]
    public void Page_ListsEveryVerb()
    {
        var page = new StringBuilder("""
            # Command line

            Every verb with its options, as `./pith VERB --help` prints them. `--json` prints one JSON document on standard output
            ([what is in it](json.md)); progress and errors go to standard error. Exit codes: 0 all done, 1 a check failed or the work
            could not be done, 2 wrong command line, 3 bad input, 4 a tool is missing, 130 stopped by Ctrl-C. [Errors](errors.md).

            This page is generated: `PITH_UPDATE_DOCS=1 ./test Pith.Cli.Tests` writes it anew.

            ## Options of every verb


            """);
        foreach (var option in GlobalOptions.All)
            page.Append(CultureInfo.InvariantCulture, $"- `{option.Name}{(option.HelpName is null ? "" : " " + option.HelpName)}`: {option.Description}\n");
        foreach (var create in VerbTable.All)
            Append(page, create(), "");
        GeneratedPage.Check("docs/reference/cli.md", page.ToString());
    }

    [Fact]
    public void JsonPage_HasARowForEveryVerb()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/reference/json.md"));
        Assert.All(VerbTable.All.SelectMany(create => Names(create(), "")), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(Command command, string path) => command is Verb
        ? [path + command.Name]
        : command.Subcommands.SelectMany(child => Names(child, $"{path}{command.Name} "));

    private static void Append(StringBuilder page, Command command, string path)
    {
        var name = $"{path}{command.Name}";
        foreach (var child in command.Subcommands)
            Append(page, child, name + " ");
        if (command is not Verb verb)
            return;

        page.Append(CultureInfo.InvariantCulture, $"\n## pith {name}\n\n{verb.Description}\n\n");
        foreach (var argument in verb.Arguments)
            page.Append(CultureInfo.InvariantCulture, $"- `{argument.Name}`: {argument.Description}\n");
        foreach (var option in verb.Options)
        {
            var value = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? "" : " " + (option.HelpName ?? "VALUE");
            var standard = option.HasDefaultValue && value.Length > 0 ? Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture) : "";
            page.Append(CultureInfo.InvariantCulture, $"- `{option.Name}{value}`: {option.Description}{(option.Required ? " Required." : "")}{(string.IsNullOrEmpty(standard) ? "" : $" Default: {standard}.")}\n");
        }

        if (verb.Arguments.Count + verb.Options.Count > 0)
            page.Append('\n');
        page.Append(CultureInfo.InvariantCulture, $"```text\n{string.Join('\n', verb.Examples)}\n```\n");
    }
}
