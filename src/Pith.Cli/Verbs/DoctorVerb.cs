using System.CommandLine;
using Pith.Cli.Doctor;
using Pith.Cli.Frame;
using Pith.Core.Diagnostics;
using Pith.Core.Reports;

namespace Pith.Cli.Verbs;

/// <summary><c>pith doctor</c>: what is here, what is missing, and what brings it.</summary>
internal static class DoctorVerb
{
    public static Command Create() => new Verb(
        "doctor", "Shows what is here, what is missing, and what brings it.", (context, _) => Execute(context), "pith doctor");

    private static ExitCode Execute(VerbContext context)
    {
        var checks = Examination.All(context.CacheDirectory).ToList();
        var ok = checks.TrueForAll(check => check.Status != CheckStatus.Missing);

        var table = new Table(
            ok ? "Everything that Pith needs is here." : "Something that Pith needs is missing.",
            TableColumn.OfText("what"), TableColumn.OfText("status"), TableColumn.OfText("found"), TableColumn.OfText("what to do"));
        foreach (var check in checks)
            table.Add(check.Name, check.Status.ToString().ToLowerInvariant(), check.Found, check.Remedy ?? "");
        context.Output.Result(new { ok, checks }, table);
        return ok ? ExitCode.Ok : ExitCode.MissingTool;
    }
}
