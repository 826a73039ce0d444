using System.Text.Json;
using Pith.Cli.Frame;
using Pith.Cli.Verbs;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Tests;

/// <summary>Runs command lines inside the test process.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static (ExitCode Exit, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = (ExitCode)new Application(VerbTable.Description, VerbTable.All, output, error).Run(args);
        return (exit, output.ToString(), error.ToString());
    }

    /// <summary>The <c>error</c> object of an error document.</summary>
    public static JsonElement ErrorOf(string document) => JsonElement.Parse(document).GetProperty("error");
}
