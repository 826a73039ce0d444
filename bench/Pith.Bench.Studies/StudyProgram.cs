using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Pith.Bench.Studies;

/// <summary>A program of studies: reads the command line, and runs one.</summary>
internal static class StudyProgram
{
    private const int DefaultTokens = 100_000;

    /// <summary>Runs the study that the first word names.</summary>
    /// <param name="project">The program's project under bench/.</param>
    /// <param name="args">The command line.</param>
    /// <param name="studies">Every study by name.</param>
    /// <returns>The exit code: 0 done, 2 wrong command line, 130 stopped.</returns>
    public static int Run(string project, string[] args, Dictionary<string, Study> studies)
    {
        if (args.Length == 0 || !studies.TryGetValue(args[0], out var study))
            return Fail(Usage(studies));

        var (tokens, threads, fresh) = (DefaultTokens, Environment.ProcessorCount, false);
        string? llamaBench = null, gguf = null;
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--fresh")
                fresh = true;
            else if (args[i] is "--tokens" or "--threads" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number > 0)
                (tokens, threads) = args[i++] == "--tokens" ? (number, threads) : (tokens, number);
            else if (args[i] is "--llama-bench" or "--gguf" && i + 1 < args.Length)
                (llamaBench, gguf) = args[i++] == "--gguf" ? (llamaBench, args[i]) : (args[i], gguf);
            else
                return Fail($"'{args[i]}' is not an option, or lacks its number.");
        }

        if (llamaBench is null != gguf is null)
            return Fail("--llama-bench and --gguf go together.");

        var repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(repository, "Pith.slnx")))
        {
            repository = Path.GetDirectoryName(repository);
            if (repository is null)
                return Fail("Not inside a working copy of Pith.");
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            using var journal = new Journal(Path.Combine(repository, "artifacts", "studies", args[0] + ".jsonl"), fresh);
            var command = $"dotnet run -c Release --project bench/{project} -- {args[0]}" + (tokens == DefaultTokens ? "" : $" --tokens {tokens}")
                + (llamaBench is null ? "" : " --llama-bench PATH --gguf FILE");
            (string, string)? peer = llamaBench is null ? null : (llamaBench, gguf!);
            study.Run(new StudyContext(repository, Provenance.Of(repository, command), journal, tokens, threads, peer, Console.Error.WriteLine), stop.Token);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static string Usage(Dictionary<string, Study> studies)
    {
        var text = new StringBuilder("Measures the tables in docs/results. One study a command:\n\n");
        foreach (var (name, study) in studies)
            text.Append(CultureInfo.InvariantCulture, $"  {name,-15} {study.What}\n");
        text.Append(CultureInfo.InvariantCulture, $"""

              --tokens N      tokens of text a model reads at most ({DefaultTokens})
              --threads N     threads (all); results do not depend on it
              --fresh         forget what earlier runs measured

              --llama-bench PATH --gguf FILE
                              kernels: compare with this build of llama.cpp; the model is written when there is none

            A run that was stopped goes on where it was.
            """);
        return text.ToString();
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}
