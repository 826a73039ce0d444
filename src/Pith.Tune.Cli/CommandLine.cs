using System.CommandLine;
using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Tune.Cli;

/// <summary>The program's commands and what becomes of their errors.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var root = new RootCommand("Trains small language models (the part of Pith that needs torch).");
        var train = new Command("train", "Trains from nothing.") { TrainModelCommand.Create() };
        root.Add(train);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, signal) =>
        {
            signal.Cancel = true;
            stop.Cancel();
        };
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
            return Report(new PithException(TuneCliErrors.Usage, parsed.Errors[0].Message), args);
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.InvokeAsync(configuration, stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return Report(new PithException(TuneCliErrors.Cancelled, TuneCliErrors.Cancelled.Meaning), args);
        }
        catch (PithException error)
        {
            return Report(error, args);
        }
        catch (ArgumentException error)
        {
            return Report(new PithException(TuneCliErrors.Usage, error.Message, inner: error), args);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Report(new PithException(TuneCliErrors.ReadWrite, error.Message, inner: error), args);
        }
    }

    private static int Report(PithException error, string[] args)
    {
        if (args.Contains("--json"))
        {
            var document = new { error = new { code = error.Error.Code, message = error.Message, hint = error.Hint } };
            Console.Error.WriteLine(JsonSerializer.Serialize(document));
        }
        else
        {
            var (red, plain) = Console.IsErrorRedirected ? ("", "") : ("\e[31m", "\e[0m");
            Console.Error.WriteLine($"{red}{error.Error.Code}: {error.Message}{plain}");
            Console.Error.WriteLine(error.Hint);
            if (args.Contains("--verbose")) Console.Error.WriteLine(error);
        }
        return (int)error.Error.Exit;
    }
}
