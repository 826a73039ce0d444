using System.Globalization;
using Pith.Core.Reports;

namespace Pith.Cli.Quickstart;

/// <summary>Tells what the quickstart found out.</summary>
internal static class QuickstartReport
{
    // More lines than that cannot be told apart.
    private const int SeriesInChart = 7;
    private const double SmallestStep = 0.85;

    /// <summary>The whole report.</summary>
    public static Report Create(QuickstartResult result)
    {
        var best = result.Best;
        return new Report(
                $"{result.Model} in fewer bits",
                Text($"Of {result.Rows.Count} formats, {best.Format} stays closest to the original among those of at most {result.BitsBudget:0.##} bits a weight: perplexity changes by {Change(result, best)}."))
            .Add(new FactList(
                ("best format", best.Format),
                ("perplexity", Text($"{best.Perplexity:F2} ({Change(result, best)})")),
                ("bits a weight", Text($"{best.Bits:0.##} of {result.Original.Bits:0.##}")),
                ("size", Text($"{best.Bytes / 1000.0:N0} of {result.Original.Bytes / 1000.0:N0} kB"))))
            .Add(new Heading("Formats"))
            .Add(new Paragraph(Text($"Both operands of every matrix product in the blocks are rounded to the format: {result.Parameters.InBlocks:N0} of the model's {result.Parameters.All:N0} weights, and all activations and attention operands. Embedding, output matrix and norms stay as they are, which is why the files do not shrink as much as the bits. Perplexity and KL are over the first {result.Text.Tokens:N0} tokens of {result.Text.Name}, in windows of {result.Text.Context}, with the model as it is stored: packed. Searched: of mxint4:16, bfp5:16, mxint6:16 and mxint8:32 one for each product, chosen by `pith search ratio` on another text for 5.5 bits a value, weights and cached K and V together. Low-rank: weights in mxint4:16 and everything else in mxint8:16, and beside each weight two thin factors in mxint8:16, a sixteenth of the model's width in rank, that make up for its rounding on the inputs of that text (`--low-rank --low-rank-method qera`).")))
            .Add(CreateTable(result))
            .Add(PerplexityChart(result))
            .Add(new Heading("Where the error is"))
            .Add(new Paragraph("The relative error of the weights of each layer, root of the mean square over all its matrices. Of formats with about the same error one is shown."))
            .Add(ErrorChart(result))
            .Add(new Heading("What it writes"))
            .Add(new Quote(result.Sample.Text, result.Sample.How))
            .Add(new Heading("How it was measured"))
            .Add(new Paragraph($"{result.Machine} Speed is that of generating one token after the other, the fastest of several runs, and varies with what else the machine does; formats whose elements are no integers multiply in 32-bit floats and run slower. Everything else is the same on every run."))
            .Add(new CodeBlock(result.Command));
    }

    /// <summary>The table of all formats, the original first.</summary>
    public static Table CreateTable(QuickstartResult result)
    {
        var table = new Table(
            "Every format against the original",
            TableColumn.OfText("format"),
            TableColumn.OfNumber("bits", 2, "per weight"),
            TableColumn.OfNumber("size", 0, "kB"),
            TableColumn.OfNumber("perplexity", 2),
            TableColumn.OfSignificant("KL", 3, "nats"),
            TableColumn.OfNumber("speed", 0, "tokens/s"));
        Add(result.Original, RowMark.Reference);
        foreach (var row in result.Rows)
            Add(row, row == result.Best ? RowMark.Best : RowMark.None);
        foreach (var row in Calibrated(result))
            Add(row, RowMark.None);
        return table;

        void Add(QuickstartRow row, RowMark mark) =>
            table.Add(mark, row.Format, row.Bits, row.Bytes / 1000.0, row.Perplexity, row.Kl, row.TokensPerS);
    }

    private static Chart PerplexityChart(QuickstartResult result) => new(
        "Perplexity against bits",
        Text($"Each format is a point. Perplexity ranges from {result.Rows.Min(row => row.Perplexity):F2} to {result.Rows.Max(row => row.Perplexity):F2}; the original has {result.Original.Perplexity:F2}."),
        ChartKind.Scatter,
        new ChartAxis("bits per weight"),
        new ChartAxis("perplexity", IsLogarithmic: true),
        [
            new ChartSeries("formats", [.. result.Rows.Select(row => new ChartPoint(row.Bits, row.Perplexity, row.Format))]),
            .. Calibrated(result).Select(row => new ChartSeries(row.Format, [new ChartPoint(row.Bits, row.Perplexity, row.Format)])),
        ],
        new ChartReference(result.Original.Perplexity, "original"));

    private static IEnumerable<QuickstartRow> Calibrated(QuickstartResult result) => new[] { result.Searched, result.LowRank }.OfType<QuickstartRow>();

    private static Chart ErrorChart(QuickstartResult result)
    {
        var shown = Apart(result.Rows);
        var layers = result.Rows.Max(row => row.LayerErrors.Count);
        return new Chart(
            "Error of the weights, layer by layer",
            Text($"Relative error, smallest and largest of the layers: {string.Join("; ", shown.Select(row => Text($"{row.Format} {row.LayerErrors.Min():G2} to {row.LayerErrors.Max():G2}")))}."),
            ChartKind.Line,
            new ChartAxis("layer", Categories: [.. Enumerable.Range(0, layers).Select(layer => Text($"{layer}"))]),
            new ChartAxis("relative error", IsLogarithmic: true),
            [.. shown.Select(row => new ChartSeries(row.Format, [.. row.LayerErrors.Select((error, layer) => new ChartPoint(layer, error))]))]);
    }

    // Formats whose lines would lie on one another are left to the table.
    private static List<QuickstartRow> Apart(IEnumerable<QuickstartRow> rows)
    {
        List<QuickstartRow> apart = [];
        foreach (var row in rows.Where(row => row.LayerErrors.Count > 0).OrderByDescending(row => row.LayerErrors.Average()))
        {
            if (apart.Count == 0 || row.LayerErrors.Average() < SmallestStep * apart[^1].LayerErrors.Average())
                apart.Add(row);
        }

        return [.. apart.Take(SeriesInChart)];
    }

    private static string Change(QuickstartResult result, QuickstartRow row) =>
        Text($"{(row.Perplexity / result.Original.Perplexity - 1) * 100:+0.0;−0.0;0.0} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
