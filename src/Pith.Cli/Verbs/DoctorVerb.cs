using System.CommandLine;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Verbs;

/// <summary><c>pith doctor</c>: what is here, what is missing, and what brings it.</summary>
internal static class DoctorVerb
{
    public static Command Create() =>
        new Verb("doctor", "Shows what is here, what is missing, and which package brings it.", (context, _) => Execute(context), "pith doctor");

    private static ExitCode Execute(VerbContext context)
    {
        context.Output.Result(new { Runtime = Environment.Version.ToString() }, text => text.WriteLine($"runtime {Environment.Version}"));
        return ExitCode.Ok;
    }
}
