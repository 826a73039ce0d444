using System.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Models;
using Pith.Models.Checkpoints;

namespace Pith.Bench.Studies.Kernels;

/// <summary>How long a packed model of 1 GB takes from its file, which the system has in memory, until it is ready.</summary>
internal static class LoadingStudy
{
    private const int Rounds = 9;
    private const double WholeBytes = 1e9;

    private static readonly string[] Weights = ["mxint4:16", "bfp6:16", "mxint8:16"];

    /// <summary>Measures and writes <c>loading.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        var report = new Report("Loading packed models", "How long a packed model of 1 GB takes until it is ready, when the system has its file in memory.")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                $"A directory of random weights, activations mxint8:16, so that every weight of a block is re-laid for products of integers. Beside it, reading the same file into fresh memory. In turns; medians of {Rounds} rounds after one which compiles. On a virtual machine memory which it has never used comes slowly from its host, and some rounds meet such memory: the fastest round is the one that met least."))
            .Add(Measure(context, cancellation));
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "loading.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "loading.json"), JsonRenderer.Render(report));
    }

    private static Table Measure(StudyContext context, CancellationToken cancellation)
    {
        var table = new Table(
            "Loading",
            TableColumn.OfText("weights"),
            TableColumn.OfNumber("file", 2, "GB"),
            TableColumn.OfNumber("threads", 0),
            TableColumn.OfNumber("ready", 2, "s"),
            TableColumn.OfNumber("fastest", 2, "s"),
            TableColumn.OfNumber("reading the file", 2, "s"),
            TableColumn.OfNumber("ratio", 2));
        foreach (var weights in Weights)
        {
            context.Say($"Loading {weights}");
            var folder = Directory.CreateTempSubdirectory("pith-loading-").FullName;
            var model = Path.Combine(folder, "model");
            PackedModel.Write(model, NumberFormat.Parse(weights), WholeBytes, cancellation);
            var file = new FileInfo(Path.Combine(model, "model.safetensors"));
            int[] threads = [.. new[] { 1, context.Threads }.Distinct()];
            var times = threads.ToDictionary(count => count, _ => new List<(double Ready, double Read)>());

            // The first round compiles.
            for (var round = 0; round <= Rounds; round++)
            {
                foreach (var count in threads)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var pair = (Load(model, new Workers(count)), Read(file.FullName, file.Length));
                    if (round > 0)
                        times[count].Add(pair);
                }
            }

            Directory.Delete(folder, recursive: true);
            foreach (var count in threads)
            {
                var (ready, read) = (Median(times[count].Select(pair => pair.Ready)), Median(times[count].Select(pair => pair.Read)));
                table.Add(weights, file.Length / 1e9, count, ready, times[count].Min(pair => pair.Ready), read, Median(times[count].Select(pair => pair.Ready / pair.Read)));
            }
        }

        return table;
    }

    private static double Load(string path, Workers workers)
    {
        var start = Stopwatch.GetTimestamp();
        CausalModel model;
        using (var source = ModelSource.Open(path))
            model = CausalModel.Load(source.Config, source.Tensors, source.Plan, workers);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(model);
        Free();
        return seconds;
    }

    // Into fresh memory, as a loader that keeps the stored form would.
    private static double Read(string path, long length)
    {
        var start = Stopwatch.GetTimestamp();
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        using (var handle = File.OpenHandle(path))
        {
            for (var read = 0; read < bytes.Length;)
                read += RandomAccess.Read(handle, bytes.AsSpan(read), read);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(bytes);
        Free();
        return seconds;
    }

    private static void Free()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
