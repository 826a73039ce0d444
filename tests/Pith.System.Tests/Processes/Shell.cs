using System.Diagnostics;
using System.Globalization;
using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>Runs programs and shell commands.</summary>
internal static class Shell
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>What came of a command.</summary>
    internal sealed record Result(int Exit, string Output, string Error)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"exit {Exit}\n{Output}\n{Error}");
    }

    /// <summary>Runs a command with <c>sh</c>.</summary>
    /// <param name="command">The command line.</param>
    /// <param name="directory">Where it runs; the root of the working copy if null.</param>
    /// <param name="path">The PATH to use; this process's if null.</param>
    public static Result Run(string command, string? directory = null, string? path = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            WorkingDirectory = directory ?? Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (path is not null)
            start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"Still running after {Deadline}: {command}");
        }

        return new Result(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
