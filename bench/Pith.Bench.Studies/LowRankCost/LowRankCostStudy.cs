using System.Globalization;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.LowRankCost;

/// <summary>What low-rank terms cost: seconds a site, against a full decomposition, and for a model of seven billion weights.</summary>
internal static class LowRankCostStudy
{
    private const int Runs = 3;
    private const int FullSize = 1024;
    private const double GiB = 1L << 30;

    private static readonly (int Inputs, int Outputs, bool IsExact, double Limit)[] Sites =
        [(4096, 4096, false, 1.5), (4096, 11008, false, double.NaN), (4096, 4096, true, double.NaN), (4096, 11008, true, 4), (11008, 4096, true, 20)];

    private static readonly (int Layers, bool IsExact)[] Stacks = [(1, false), (1, true)];

    /// <summary>Measures and writes <c>low-rank-cost.json</c> and <c>.md</c>.</summary>
    public static void Run(StudyContext context, CancellationToken cancellation)
    {
        // First, so that the most memory held up to there is theirs.
        var stacks = StackTable(context, cancellation);
        var report = new Report("Cost of low-rank terms", "Seconds and memory for terms of rank 32, statistics of the inputs given.")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                $"Synthetic normal weights in mxint4:16, second moments with eight directions shared by inputs of log-normal size, {context.Threads} threads. The machine is shared: medians of {Runs} runs."))
            .Add(new Heading("One site"))
            .Add(SiteTable(context, cancellation))
            .Add(new Heading("Against a full decomposition"))
            .Add(FullTable(context, cancellation))
            .Add(new Heading("A model of seven billion weights"))
            .Add(new Paragraph(
                "Layers of Llama-2-7B's shape (width 4096, MLP 11008): seven weights, four inputs. Each weight is rounded, corrected, measured and packed as pith quantize does; drawing synthetic "
                + "weights and statistics is not in the time. Layers do not depend on each other, so 32 take 32 times as long and no more memory. Memory is the most that the process has held, the drawing included."))
            .Add(stacks);
        Directory.CreateDirectory(context.Results);
        File.WriteAllText(Path.Combine(context.Results, "low-rank-cost.md"), MarkdownRenderer.Render(report));
        File.WriteAllText(Path.Combine(context.Results, "low-rank-cost.json"), JsonRenderer.Render(report));
    }

    private static Table SiteTable(StudyContext context, CancellationToken cancellation)
    {
        var table = new Table(
            "One site", TableColumn.OfNumber("inputs", 0), TableColumn.OfNumber("outputs", 0), TableColumn.OfText("method"), TableColumn.OfNumber("scale", 2, "s"),
            TableColumn.OfNumber("term", 2, "s"), TableColumn.OfNumber("together", 2, "s"), TableColumn.OfText("wanted"), TableColumn.OfNumber("rounds", 0),
            TableColumn.OfNumber("error after / before", 3));
        foreach (var (inputs, outputs, isExact, limit) in Sites)
        {
            var costs = Enumerable.Range(0, Runs).Select(run => Measure(context, ["site", $"{inputs}", $"{outputs}", $"{isExact}", $"{run}"], () =>
                CostMeasurement.Site(inputs, outputs, isExact, context.Threads, cancellation))).OrderBy(cost => cost.Scale + cost.Solve).ToList();
            var middle = costs[Runs / 2];
            table.Add(
                inputs, outputs, Name(isExact), middle.Scale, middle.Solve, middle.Scale + middle.Solve,
                double.IsNaN(limit) ? "" : string.Create(CultureInfo.InvariantCulture, $"< {limit} s"), middle.Rounds, middle.After / middle.Before);
        }

        return table;
    }

    private static Table FullTable(StudyContext context, CancellationToken cancellation)
    {
        var table = new Table(
            "Full decomposition", TableColumn.OfText("size"), TableColumn.OfNumber("rank 32", 3, "s"), TableColumn.OfNumber("full (MathNet.Numerics)", 1, "s"), TableColumn.OfNumber("times", 0));
        var pair = Measure(context, ["full", $"{FullSize}"], () =>
        {
            var (ours, full) = CostMeasurement.AgainstFull(FullSize, context.Threads, cancellation);
            return new[] { ours, full };
        });
        table.Add($"{FullSize} × {FullSize}", pair[0], pair[1], pair[1] / pair[0]);
        return table;
    }

    private static Table StackTable(StudyContext context, CancellationToken cancellation)
    {
        var table = new Table(
            "Seven billion weights", TableColumn.OfText("method"), TableColumn.OfNumber("layers measured", 0), TableColumn.OfNumber("a layer", 1, "s"),
            TableColumn.OfNumber("32 layers (computed)", 1, "min"), TableColumn.OfNumber("memory", 2, "GiB"));
        foreach (var (layers, isExact) in Stacks)
        {
            var cost = Measure(context, ["stack", $"{layers}", $"{isExact}"], () => CostMeasurement.Stack(layers, isExact, context.Threads, cancellation));
            table.Add(Name(isExact), cost.Layers, cost.Seconds / cost.Layers, cost.Seconds / cost.Layers * 32 / 60, cost.PeakBytes / GiB);
        }

        return table;
    }

    private static string Name(bool isExact) => isExact ? "qera" : "qera-diag";

    private static T Measure<T>(StudyContext context, string[] parts, Func<T> measure)
    {
        var name = string.Join(' ', parts);
        return context.Journal.GetOrAdd(Journal.Key(["low-rank-cost", .. parts, $"{context.Threads}"]), () =>
        {
            context.Say(name);
            return measure();
        });
    }
}
