using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Pith.Core.Reports;

namespace Pith.Bench.Studies;

/// <summary>Where the numbers of a study come from: machine, commit, command.</summary>
/// <param name="Machine">Processor, cores used, operating system, runtime.</param>
/// <param name="Commit">Abbreviated commit, with <c>+changes</c> when the working copy differs from it.</param>
/// <param name="Command">What was typed, from the root of the repository.</param>
internal sealed record Provenance(string Machine, string Commit, string Command)
{
    /// <summary>Looks at this machine and this working copy.</summary>
    public static Provenance Of(string repository, string command) => new(Describe(), CommitOf(repository), command);

    /// <summary>The same as a block of a report.</summary>
    public FactList ToFacts() => new(("machine", Machine), ("commit", Commit), ("command", Command));

    private static string Describe()
    {
        var processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        var vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {vectors}, {RuntimeInformation.FrameworkDescription}");
    }

    private static string CommitOf(string repository)
    {
        var commit = Git(repository, "rev-parse --short=10 HEAD");
        if (commit is null)
            return "unknown";

        // The results themselves are about to change; only other changes make the commit a wrong answer.
        var changes = Git(repository, "status --porcelain --untracked-files=no -- . :!docs");
        return changes is { Length: > 0 } ? commit + "+changes" : commit;
    }

    private static string? Git(string repository, string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = repository, RedirectStandardOutput = true, UseShellExecute = false })!;
            var text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
