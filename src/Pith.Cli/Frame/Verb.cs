using System.CommandLine;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Frame;

/// <summary>A command that does something: its name, what it does, how to call it, and the call behind it.</summary>
/// <remarks>Arguments and options are added by a collection initializer:
/// <code>new Verb("show", "Prints …", (context, cancellation) => Execute(context, context.Get(model)), "pith model show models/x") { model }</code>
/// <see cref="Run"/> is a thin shell over one library call. It may throw; <see cref="Application"/> turns exceptions into messages.</remarks>
internal sealed class Verb(
    string name, string description, Func<VerbContext, CancellationToken, ExitCode> run, params string[] examples)
    : Command(name, description)
{
    /// <summary>Command lines that work as they stand, shown by <c>--help</c>.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Does the work.</summary>
    public Func<VerbContext, CancellationToken, ExitCode> Run { get; } = run;
}
