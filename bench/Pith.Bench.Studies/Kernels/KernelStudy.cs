using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels.Measure;
using Pith.Kernels.Packed;

namespace Pith.Bench.Studies.Kernels;

/// <summary>How near the packed kernels come to the machine's memory and to their own rate in the cache.</summary>
internal static class KernelStudy
{
    private const int Runs = 5;
    private const double SecondsOfARun = 0.8;

    private static readonly string[] DecodeWeights = ["mxint3:16", "mxint4:16", "mxfp4:32", "q4_0", "q4_k", "bfp5:16", "q5_k", "bfp6:16", "q6_k", "mxint8:16"];

    private static readonly string[] DecodedWeights =
        ["mxfp8e4m3:32", "bmf8:16", "bl8:16", "fixed8.7", "mxint8:32", "mxfp6e3m2:32", "minifloat:e4m3", "dmf:e4m3", "mxint4:16", "nvfp4", "q4_0", "q8_0", "q4_k"];

    // A single pass of 128 tokens takes seconds.
    private static readonly string[] PrefillWeights = ["mxint4:16", "q4_0"];

    /// <summary>Measures and writes <c>kernels.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var shape = ModelShape.All[0];
        var report = new Report("Packed kernels", "How near matrix products on packed weights come to the bandwidth of the memory and to their own rate in the cache.")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                $"All matrices of the shape {shape.Name} ({shape.Weights:N0} synthetic weights), activations mxint8:16, path {PackedDot.PathName}. Only ratios inside one run count: "
                + $"a block is multiplied, then the yardstick is measured, in turns. Medians of {Runs} runs of about {SecondsOfARun} s, or of one pass; the range of the runs' ratios stands behind."))
            .Add(new Heading("One token at a time"))
            .Add(new Paragraph("The yardstick is a plain read loop over another block's weights."))
            .Add(Measure(context, "Decode", DecodeWeights, "read GB/s", options => KernelBenchmark.Decode(options, cancellation: cancellation), result => result.Yardstick / 1e9, cancellation))
            .Add(new Heading("One token at a time, of 32-bit floats"))
            .Add(new Paragraph(
                "Weights whose elements are no small integers, and any weights where activations are not quantized: codes become floats in registers, and products are in 32-bit floats. "
                + "The yardstick is the same."))
            .Add(Measure(context, "Decoded", DecodedWeights, "read GB/s", options => KernelBenchmark.Decode(options with { Activations = NumberFormat.Float32 }, cancellation: cancellation), result => result.Yardstick / 1e9, cancellation))
            .Add(new Heading("128 tokens at a time"))
            .Add(new Paragraph("The yardstick is the same kernel on eight tokens and sixteen rows which stay in the first-level cache."))
            .Add(Measure(context, "Prefill", PrefillWeights, "G in cache", options => KernelBenchmark.Prefill(options, cancellation: cancellation), result => result.Yardstick / 1e9, cancellation));
        report.Add(new Heading("Re-laying at load"))
            .Add(new Paragraph("From stored codes in memory to the kernels' records in fresh memory, beside plain copying into fresh memory."))
            .Add(RelayingTable.Measure(context));
        if (context.Peer is { } peer)
            PeerComparison.Add(context, report, peer.Program, peer.Gguf, cancellation);
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "kernels.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "kernels.json"), JsonRenderer.Render(report));
    }

    private static Table Measure(
        StudyContext context, string title, IReadOnlyList<string> formats, string yardstickUnit, Func<KernelBenchmarkOptions, BenchmarkResult> run, Func<BenchmarkResult, double> yardstick,
        CancellationToken cancellation)
    {
        var table = new Table(
            title,
            TableColumn.OfText("weights"),
            TableColumn.OfNumber("threads", 0),
            TableColumn.OfNumber("tokens/s", 1),
            TableColumn.OfNumber("weights", 1, "GB/s"),
            TableColumn.OfNumber("multiply-adds", 0, "G/s"),
            TableColumn.OfNumber("yardstick", 1, yardstickUnit),
            TableColumn.OfNumber("ratio", 2),
            TableColumn.OfNumber("lowest", 2),
            TableColumn.OfNumber("highest", 2));
        foreach (var threads in new[] { 1, context.Threads }.Distinct())
        {
            foreach (var weights in formats)
            {
                context.Say($"{title} {weights}, {threads} thread(s)");
                var options = new KernelBenchmarkOptions(ModelShape.All[0], NumberFormat.Parse(weights), NumberFormat.Parse("mxint8:16"), threads, SecondsOfARun);
                var results = Enumerable.Range(0, Runs).Select(index => context.Journal.GetOrAdd(Journal.Key(title, weights, $"{threads} {index}"), () =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return run(options);
                })).OrderBy(result => result.Ratio).ToList();
                var middle = results[Runs / 2];
                table.Add(
                    weights, threads, middle.TokensPerSecond, middle.BytesPerSecond / 1e9, middle.Gops, yardstick(middle), middle.Ratio,
                    results[0].Ratio, results[^1].Ratio);
            }
        }

        return table;
    }
}
