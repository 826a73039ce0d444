using Pith.Core.Diagnostics;

namespace Pith.Cli;

/// <summary>The errors of the program itself: PITH9000 to PITH9999.</summary>
internal static class CliErrors
{
    public static readonly ErrorCode Usage = new("PITH9001", "The command line is not right.", "Run the command with --help.", ExitCode.Usage);

    public static readonly ErrorCode OutputExists = new("PITH9002", "The output already exists.", "Choose another --out, or add --force to replace it.", ExitCode.Usage);

    public static readonly ErrorCode Cancelled = new("PITH9003", "Stopped before the end.", "Run the same command again.", ExitCode.Cancelled);

    public static readonly ErrorCode NotFound = new("PITH9004", "A file or folder is not there.", "Check the path.");

    public static readonly ErrorCode NotPermitted = new("PITH9005", "A file or folder may not be read or written.", "Check its owner and permissions.");

    public static readonly ErrorCode DiskFull = new("PITH9006", "No space is left on the disk.", "Free some space, or choose another --out or --cache.", ExitCode.Failed);

    public static readonly ErrorCode ReadWrite = new("PITH9007", "Reading or writing failed.", "Check the disk and the path.", ExitCode.Failed);

    public static readonly ErrorCode OutOfMemory = new("PITH9008", "There is not enough memory.", "Use a smaller --context or model, or a machine with more memory.", ExitCode.Failed);

    public static readonly ErrorCode MissingTool = new("PITH9009", "A tool that is needed is not installed.", "Run 'pith doctor'.", ExitCode.MissingTool);

    public static readonly ErrorCode Internal = new("PITH9999", "A defect in Pith.", "Run again with --verbose and report the whole output.", ExitCode.Failed);
}
