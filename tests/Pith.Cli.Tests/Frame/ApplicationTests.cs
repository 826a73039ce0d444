using System.CommandLine;
using System.Text.Json;
using Pith.Cli.Verbs;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Tests.Frame;

public sealed class ApplicationTests
{
    public static TheoryData<string> CommandsWithWork => [.. Commands([], VerbTable.All.Select(create => create()))];

    [Fact]
    public void Run_Nothing_ShowsHelp()
    {
        var (exit, output, error) = CommandLine.Run();

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("doctor", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Theory]
    [MemberData(nameof(CommandsWithWork))]
    public void Run_HelpOfAVerb_EndsWithAnExampleThatParses(string verb)
    {
        var (exit, output, error) = CommandLine.Run([.. verb.Split(' '), "--help"]);

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Empty(error);
        Assert.Contains("Example", output, StringComparison.Ordinal);
        Assert.Contains($"\n  pith {verb}", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docter", "Did you mean 'doctor'?")]
    [InlineData("xyzzy", "Run 'pith --help'.")]
    [InlineData("doctor --jsn", "Did you mean '--json'?")]
    [InlineData("generate models/pith-0.45m --no-chatt", "Did you mean '--no-chat'?")]
    [InlineData("generate models/pith-0.45m --prompt", "Run 'pith generate --help'.")]
    [InlineData("generate --modle", "Run 'pith generate --help'.")]
    [InlineData("doctor extra", "Run 'pith doctor --help'.")]
    [InlineData("doctor --threads 0", "Run 'pith doctor --help'.")]
    [InlineData("doctor --threads many", "Run 'pith doctor --help'.")]
    [InlineData("doctor --seed 1.5", "Run 'pith doctor --help'.")]
    public void Run_WrongLine_IsAUsageErrorWithAHint(string line, string hint)
    {
        var (exit, output, error) = CommandLine.Run(line.Split(' '));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Empty(output);
        Assert.StartsWith("error PITH9001: ", error, StringComparison.Ordinal);
        Assert.Contains("hint: " + hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WrongLineWithJson_WritesOneErrorDocument()
    {
        var (exit, output, error) = CommandLine.Run("docter", "--json");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Empty(output);
        Assert.Equal("PITH9001", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        Assert.NotEmpty(CommandLine.ErrorOf(error).GetProperty("message").GetString()!);
        Assert.NotEmpty(CommandLine.ErrorOf(error).GetProperty("hint").GetString()!);
    }

    [Fact]
    public void Run_Json_WritesOneDocumentAndNothingElse()
    {
        var (_, output, error) = CommandLine.Run("--json", "doctor");

        Assert.NotEmpty(JsonElement.Parse(output).GetProperty("checks").EnumerateArray());
        Assert.Empty(error);
    }

    [Fact]
    public void Run_Version_IsTheVersion()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", CommandLine.Run("--version").Output);
    }

    // An example may name files that do not exist here: only its options and arguments are checked.
    [Fact]
    public void Examples_OfEveryVerb_Parse()
    {
        var root = new Cli.Frame.Application("", VerbTable.All, TextWriter.Null, TextWriter.Null).CreateRoot();
        foreach (var example in Verbs(root).SelectMany(verb => verb.Examples))
        {
            Assert.StartsWith("pith ", example, StringComparison.Ordinal);
            var parsed = root.Parse(example["pith ".Length..].Split(" < ")[0]);
            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join(' ', parsed.Errors)}");
        }
    }

    private static IEnumerable<Cli.Frame.Verb> Verbs(Command command) =>
        command.Subcommands.SelectMany(Verbs).Concat(command is Cli.Frame.Verb verb ? [verb] : []);

    private static IEnumerable<string> Commands(string[] path, IEnumerable<Command> commands) => commands.SelectMany(command => command.Subcommands.Count > 0
        ? Commands([.. path, command.Name], command.Subcommands)
        : [string.Join(' ', [.. path, command.Name])]);
}
