using Pith.Core.Diagnostics;

namespace Pith.Cli;

/// <summary>Errors of the program itself: the command line, and what the system refuses.</summary>
internal static class CliErrors
{
    /// <summary>The command line does not parse, or an option is out of range.</summary>
    public static readonly ErrorCode Usage = new(
        "PITH9001", "The command line is not right", "Run the command with --help.", ExitCode.Usage);

    /// <summary>Ctrl-C, or a request to end.</summary>
    public static readonly ErrorCode Cancelled = new(
        "PITH9002", "Stopped before the end", "Nothing half-done was left behind; run the same command again.", ExitCode.Cancelled);

    /// <summary>A path leads nowhere.</summary>
    public static readonly ErrorCode NotFound = new(
        "PITH9003", "A file or folder is not there", "Check the path.");

    /// <summary>The system forbids it.</summary>
    public static readonly ErrorCode NotPermitted = new(
        "PITH9004", "A file or folder may not be read or written", "Check its owner and permissions.");

    /// <summary>No space left on the device, or a quota is used up.</summary>
    public static readonly ErrorCode DiskFull = new(
        "PITH9005", "No space is left on the disk", "Free some space, or choose another --out or --cache.", ExitCode.Failed);

    /// <summary>Any other failure of reading or writing.</summary>
    public static readonly ErrorCode ReadWrite = new(
        "PITH9006", "Reading or writing failed", "Check the disk and the path.", ExitCode.Failed);

    /// <summary>An allocation failed.</summary>
    public static readonly ErrorCode OutOfMemory = new(
        "PITH9007", "There is not enough memory", "Use a smaller model or context, or a machine with more memory.", ExitCode.Failed);

    /// <summary>A program that Pith starts is not here.</summary>
    public static readonly ErrorCode MissingTool = new(
        "PITH9008", "A tool that is needed is not installed", "`pith doctor` says which package brings it.", ExitCode.MissingTool);

    /// <summary>The launcher could not build the program.</summary>
    public static readonly ErrorCode BuildFailed = new(
        "PITH9009", "Building from source failed", "The compiler's messages stand above.", ExitCode.Failed);

    /// <summary>Nothing that a user did.</summary>
    public static readonly ErrorCode Internal = new(
        "PITH9999", "A defect in Pith", "Run again with --verbose and report the whole output.", ExitCode.Failed);
}
