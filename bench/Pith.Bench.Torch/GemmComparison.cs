using System.Diagnostics;
using Pith.Bench.Studies;
using Pith.Core.Reports;
using Pith.Kernels;
using Pith.Kernels.Measure;
using TorchSharp;

namespace Pith.Bench.Torch;

/// <summary>Our product of 32-bit floats beside that of TorchSharp, in turns in one process.</summary>
internal static class GemmComparison
{
    private const int Rounds = 5;
    private const int PairsOfARound = 9;
    private const int WarmUps = 3;

    private static readonly GemmShape[] Shapes = [new(1024, 1024, 1024), new(512, 512, 512), new(128, 2048, 2048), new(2048, 2048, 2048)];

    /// <summary>Measures every shape on one thread, and the first on all.</summary>
    public static Report Report(Provenance provenance, Action<string> say)
    {
        var table = new Table(
            "Multiply-adds per second",
            TableColumn.OfText("shape"),
            TableColumn.OfNumber("threads", 0),
            TableColumn.OfNumber("ours", 1, "G/s"),
            TableColumn.OfNumber("torch", 1, "G/s"),
            TableColumn.OfNumber("ratio", 2),
            TableColumn.OfNumber("lowest", 2),
            TableColumn.OfNumber("highest", 2));
        foreach (var shape in Shapes)
            Measure(shape, 1, table, say);
        if (Environment.ProcessorCount > 1)
            Measure(Shapes[0], Environment.ProcessorCount, table, say);
        return new Report("Products of 32-bit floats", "Pith's matrix product beside that of libtorch, called through TorchSharp.")
            .Add(provenance.ToFacts())
            .Add(new Paragraph(
                $"Shapes are tokens x outputs x inner length: Y = X · Wᵀ. Path {GemmBenchmark.PathName}; libtorch {torch.__version__}. One product of ours, then one of torch's, in "
                + $"turns: {Rounds} rounds of {PairsOfARound} pairs. A round's ratio is that of its medians; the table has the median of the rounds and their range."))
            .Add(table);
    }

    private static void Measure(GemmShape shape, int threads, Table table, Action<string> say)
    {
        say($"{shape}, {threads} thread(s)");
        torch.set_num_threads(threads);
        var workers = new Workers(threads);
        var ours = new GemmBenchmark(shape);
        using var gradients = torch.no_grad();
        using var x = torch.tensor(ours.X.ToArray(), [shape.Tokens, shape.Inner]);
        using var w = torch.tensor(ours.W.ToArray(), [shape.Outputs, shape.Inner]);
        using var transposed = w.t();
        for (var i = 0; i < WarmUps; i++)
        {
            ours.Run(workers);
            Time(x, transposed);
        }

        var rounds = Enumerable.Range(0, Rounds).Select(_ => Round(ours, workers, x, transposed)).OrderBy(round => round.Theirs / round.Ours).ToList();
        var middle = rounds[Rounds / 2];
        var work = shape.MultiplyAdds / 1e9;
        table.Add(
            shape.ToString(), threads, work / middle.Ours, work / middle.Theirs, middle.Theirs / middle.Ours,
            rounds[0].Theirs / rounds[0].Ours, rounds[^1].Theirs / rounds[^1].Ours);
    }

    // Median seconds of each.
    private static (double Ours, double Theirs) Round(GemmBenchmark ours, Workers workers, torch.Tensor x, torch.Tensor transposed)
    {
        var (own, other) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < PairsOfARound; pair++)
        {
            own.Add(ours.Run(workers));
            other.Add(Time(x, transposed));
        }

        own.Sort();
        other.Sort();
        return (own[PairsOfARound / 2], other[PairsOfARound / 2]);
    }

    private static double Time(torch.Tensor x, torch.Tensor transposed)
    {
        var start = Stopwatch.GetTimestamp();
        using var product = x.mm(transposed);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
