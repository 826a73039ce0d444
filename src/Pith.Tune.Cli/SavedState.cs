using System.CommandLine;
using Pith.Cli;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Tune;

namespace Pith.Tune.Cli;

/// <summary>The state that a training run keeps beside its output, and the option <c>--resume</c>.</summary>
internal sealed class SavedState
{
    /// <summary>Whether to go on from the state.</summary>
    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on from the saved state, if there is one." };

    /// <summary>Runs a training; when it is stopped, says how to go on.</summary>
    /// <param name="verb">The command line.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="force">Whether a state that is there may be dropped.</param>
    /// <param name="train">Trains with the state at the given path.</param>
    public ExitCode Run(VerbContext verb, string output, bool force, Func<string, ExitCode> train)
    {
        var path = output + ".training";
        if (!verb.Get(Resume) && File.Exists(path))
        {
            if (!force)
                throw new PithException(TuneErrors.StateMismatch, $"{path}: a training into this folder was stopped.", "Pass --resume to go on, or --force to start afresh.");
            File.Delete(path);
        }

        try
        {
            var exit = train(path);
            File.Delete(path);
            return exit;
        }
        catch (OperationCanceledException exception)
        {
            throw new PithException(
                CliErrors.Cancelled, CliErrors.Cancelled.Meaning, "The training state is saved; the same command with --resume goes on from it.", exception);
        }
    }
}
