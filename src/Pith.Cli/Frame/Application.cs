using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>A program: parses a command line, runs the verb, and turns whatever happens into text and an exit code.</summary>
/// <param name="description">What the program is for.</param>
/// <param name="verbs">Makes every command, in the order of <c>--help</c>.</param>
/// <param name="standardOutput">Where results go.</param>
/// <param name="standardError">Where everything else goes.</param>
internal sealed class Application(string description, Func<Command>[] verbs, TextWriter standardOutput, TextWriter standardError)
{
    /// <summary>Runs one command line and returns the exit code.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="cancellation">Stops the work, as Ctrl-C does.</param>
    public int Run(string[] args, CancellationToken cancellation = default)
    {
        var root = CreateRoot();
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var output = new Output(standardOutput, standardError, IsJson(args), args.Contains("--verbose"));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            if (parsed.Action is HelpAction or HelpWithExamples || args.Length > 0 && parsed.Errors.Count == 0 && parsed.CommandResult.Command is not Verb)
                return parsed.Invoke(new InvocationConfiguration { Output = standardOutput, Error = standardError });
            if (args.Length == 0)
                return root.Parse("--help").Invoke(new InvocationConfiguration { Output = standardOutput, Error = standardError });
            if (UsageError.Find(parsed) is { } error)
                throw error;
            var verb = (Verb)parsed.CommandResult.Command;
            return (int)verb.Run(new VerbContext(args, parsed, output), stop.Token);
        }
        catch (Exception exception) // the edge of the process: everything becomes a message
        {
            var failure = Failure.From(exception);
            output.Fail(failure);
            return (int)failure.Exit;
        }
        finally
        {
            output.Flush();
        }

        // The first signal asks the work to stop; a second one ends the process at once.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>The whole command tree.</summary>
    public RootCommand CreateRoot()
    {
        var root = new RootCommand(description);
        foreach (var option in GlobalOptions.All)
            root.Add(option);
        foreach (var create in verbs)
            root.Add(create());
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static bool IsJson(string[] args) => args.TakeWhile(arg => arg != "--").Contains("--json");
}
