using Pith.Core.Diagnostics;

namespace Pith.Tune.Cli;

/// <summary>The errors of the training program's command line.</summary>
internal static class TuneCliErrors
{
    public static readonly ErrorCode Usage = new("PITH9101", "The command line is not right.", "`pith train model --help` shows the options.", ExitCode.Usage);

    public static readonly ErrorCode Cancelled = new("PITH9102", "Stopped.", "The training state is saved; the same command with --resume goes on from it.",
        ExitCode.Cancelled);

    public static readonly ErrorCode ReadWrite = new("PITH9103", "A file cannot be read or written.", "Check the path and its permissions.");
}
