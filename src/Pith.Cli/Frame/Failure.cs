using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>What the user is told when a verb did not succeed.</summary>
/// <param name="Code">Stable code, for example PITH3001.</param>
/// <param name="Message">What happened, one sentence.</param>
/// <param name="Hint">What to do next.</param>
/// <param name="Exit">Exit code of the process.</param>
/// <param name="Cause">The exception, for <c>--verbose</c>.</param>
internal sealed record Failure(string Code, string Message, string Hint, ExitCode Exit, Exception Cause)
{
    // On Unix the HResult of an IOException is the errno value.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Maps any exception to a failure. The first row that fits wins.</summary>
    public static Failure From(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => From(only),
        PithException pith => new(pith.Error.Code, pith.Message, pith.Hint, pith.Error.Exit, pith),
        OperationCanceledException => Of(CliErrors.Cancelled, exception, CliErrors.Cancelled.Meaning),
        ArgumentNullException => Of(CliErrors.Internal, exception),
        ArgumentException argument => Of(CliErrors.Usage, exception, MessageOf(argument)),
        FileNotFoundException { FileName: { Length: > 0 } file } => Of(CliErrors.NotFound, exception, $"No file '{file}'."),
        FileNotFoundException or DirectoryNotFoundException => Of(CliErrors.NotFound, exception),
        UnauthorizedAccessException => Of(CliErrors.NotPermitted, exception),
        IOException { HResult: NoSpaceLeft or QuotaExceeded } => Of(CliErrors.DiskFull, exception),
        IOException => Of(CliErrors.ReadWrite, exception),
        OutOfMemoryException => Of(CliErrors.OutOfMemory, exception, CliErrors.OutOfMemory.Meaning),
        _ => Of(CliErrors.Internal, exception, $"Internal error: {exception.GetType().Name}: {exception.Message}"),
    };

    private static Failure Of(ErrorCode error, Exception exception, string? message = null) =>
        new(error.Code, message ?? exception.Message, error.Hint, error.Exit, exception);

    // Without the "(Parameter 'x')" and "Actual value was" that .NET appends.
    private static string MessageOf(ArgumentException exception)
    {
        var line = exception.Message.Split('\n')[0].TrimEnd();
        var suffix = $" (Parameter '{exception.ParamName}')";
        return line.EndsWith(suffix, StringComparison.Ordinal) ? line[..^suffix.Length] : line;
    }
}
