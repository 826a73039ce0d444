using System.CommandLine;
using System.CommandLine.Help;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pith.Core.Diagnostics;

namespace Pith.Tune.Cli;

/// <summary>The program's commands and what becomes of their errors.</summary>
internal static class CommandLine
{
    private static readonly JsonSerializerOptions OmitNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Parses and runs.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="messages">Receives progress and errors.</param>
    /// <param name="isLog">Whether messages go to a log rather than a terminal.</param>
    /// <param name="cancellation">Stops the training with its state saved.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter messages, bool isLog, CancellationToken cancellation)
    {
        // Named as people call it; the launcher chooses the program.
        var root = new Command("pith", "Trains small language models (the part of Pith that needs torch).")
        {
            new HelpOption { Recursive = true },
            new Command("train", "Makes models from text.") { TrainModelCommand.Create(args, output, new ProgressLine(messages, isLog)) },
        };
        try
        {
            var parsed = root.Parse(args);
            if (parsed.Errors.Count > 0) throw new PithException(TuneCliErrors.Usage, parsed.Errors[0].Message);
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = messages,
            };
            return parsed.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
        }
        catch (PithException error)
        {
            return Report(error, error);
        }
        catch (OperationCanceledException error)
        {
            return Report(new PithException(TuneCliErrors.Cancelled, TuneCliErrors.Cancelled.Meaning), error);
        }
        catch (ArgumentException error)
        {
            return Report(new PithException(TuneCliErrors.Usage, error.Message), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Report(new PithException(TuneCliErrors.ReadWrite, error.Message), error);
        }

        int Report(PithException error, Exception cause)
        {
            var stack = args.Contains("--verbose") ? cause.ToString() : null;
            if (args.Contains("--json"))
            {
                var document = new { error = new { code = error.Error.Code, message = error.Message, hint = error.Hint, stack } };
                messages.WriteLine(JsonSerializer.Serialize(document, OmitNulls));
                return (int)error.Error.Exit;
            }
            var (red, plain) = isLog ? ("", "") : ("\e[31m", "\e[0m");
            messages.WriteLine($"{red}error {error.Error.Code}: {error.Message}{plain}");
            messages.WriteLine($"hint: {error.Hint}");
            if (stack is not null) messages.WriteLine(stack);
            return (int)error.Error.Exit;
        }
    }
}
