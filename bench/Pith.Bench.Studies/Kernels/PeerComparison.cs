using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pith.Core.Reports;
using Pith.Kernels.Measure;
using Pith.Models.Checkpoints.Gguf;

namespace Pith.Bench.Studies.Kernels;

/// <summary>Our products and a whole llama.cpp on the same matrices in Q4_0, process after process in turns.</summary>
internal static class PeerComparison
{
    private const int Rounds = 3;
    private const int PromptTokens = 128;
    private const int GeneratedTokens = 16;

    private static readonly string[] Weights = ["q4_0"];

    /// <summary>Adds the comparison to a report.</summary>
    /// <param name="context">The study.</param>
    /// <param name="report">Where to.</param>
    /// <param name="program">The path of llama-bench.</param>
    /// <param name="gguf">Its model; written when there is none.</param>
    /// <param name="cancellation">Stops between processes.</param>
    public static void Add(StudyContext context, Report report, string program, string gguf, CancellationToken cancellation)
    {
        var shape = ModelShape.All[0];
        if (!File.Exists(gguf))
        {
            using var stream = File.Create(gguf);
            SyntheticGguf.Write(stream, shape, seed: 0, cancellation);
        }

        var table = new Table(
            "Beside llama.cpp",
            TableColumn.OfText("work"),
            TableColumn.OfText("our weights"),
            TableColumn.OfNumber("threads", 0),
            TableColumn.OfNumber("ours", 1, "tokens/s"),
            TableColumn.OfNumber("llama.cpp Q4_0", 1, "tokens/s"),
            TableColumn.OfNumber("ratio", 2),
            TableColumn.OfNumber("lowest", 2),
            TableColumn.OfNumber("highest", 2));
        var version = "";
        foreach (var threads in new[] { 1, context.Threads }.Distinct())
        {
            foreach (var isPrefill in new[] { false, true })
            {
                var pairs = Weights.ToDictionary(weights => weights, _ => new List<(double Ours, double Theirs)>());
                for (var round = 0; round < Rounds; round++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    context.Say($"llama.cpp, {threads} thread(s), {(isPrefill ? "prefill" : "decode")}, round {round + 1} of {Rounds}");
                    var theirs = Command.Json(program, "-m", gguf, "-p", Text(isPrefill ? PromptTokens : 0), "-n", Text(isPrefill ? 0 : GeneratedTokens), "-t", Text(threads), "-r", "2", "-o", "json")[0];
                    version = theirs.GetProperty("build_commit").GetString()!;
                    foreach (var weights in Weights)
                    {
                        var ours = Command.Json(
                            Path.Combine(context.Repository, "pith"), "bench", isPrefill ? "prefill" : "decode", "--weights", weights,
                            "--activations", "mxint8:32", "--threads", Text(threads), "--seconds", "3", "--json");
                        pairs[weights].Add((ours.GetProperty("tokens_per_s").GetDouble(), theirs.GetProperty("avg_ts").GetDouble()));
                    }
                }

                foreach (var (weights, runs) in pairs)
                {
                    var ordered = runs.OrderBy(run => run.Ours / run.Theirs).ToList();
                    var middle = ordered[Rounds / 2];
                    table.Add(
                        isPrefill ? $"{PromptTokens} tokens" : "a token at a time", weights, threads, middle.Ours, middle.Theirs, middle.Ours / middle.Theirs,
                        ordered[0].Ours / ordered[0].Theirs, ordered[^1].Ours / ordered[^1].Theirs);
                }
            }
        }

        report.Add(new Heading("Beside llama.cpp"))
            .Add(new Paragraph(
                $"llama.cpp {version}, built on this machine, runs a whole model of random Q4_0 weights, `llama-bench -m FILE -p {PromptTokens} -n 0 -t T -r 2` and `-p 0 -n {GeneratedTokens}`: "
                + "its tokens include attention, norms and embedding. Ours are the products with all matrices and the quantizing of their inputs, "
                + $"`pith bench decode|prefill --weights F --activations mxint8:32 --threads T --seconds 3`. One after the other, {Rounds} rounds; the median of the ratios, and their range."))
            .Add(table);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
