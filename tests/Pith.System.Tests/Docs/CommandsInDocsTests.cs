using Pith.SystemTests.Processes;
using Pith.TestKit;

namespace Pith.SystemTests.Docs;

/// <summary>What README and guides tell people to type is typed here: every <c>sh</c> block, line by line, as it stands.</summary>
public sealed class CommandsInDocsTests
{
    public static TheoryData<string> Pages =>
        ["README.md", .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(Repository.Root, page)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_OfAPage_Run(string page)
    {
        var directory = Directory.CreateTempSubdirectory("pith-docs-").FullName;
        try
        {
            // Outputs land beside links to what comes with Pith.
            foreach (var name in new[] { "pith", "models", "data" })
                File.CreateSymbolicLink(Path.Combine(directory, name), Repository.PathOf(name));
            foreach (var command in Commands(page))
            {
                var result = Shell.Run(command, directory);
                Assert.True(result.Exit == 0, $"{page}: {command}: {result}");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Readme_HasCommands()
    {
        Assert.NotEmpty(Commands("README.md"));
    }

    private static List<string> Commands(string page)
    {
        List<string> commands = [];
        var inside = false;
        foreach (var line in File.ReadLines(Repository.PathOf(page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```sh";
            else if (inside && commands is [.., var last] && last.EndsWith('\\'))
                commands[^1] = last[..^1] + line;
            else if (inside && line.Length > 0)
                commands.Add(line);
        }

        return commands;
    }
}
