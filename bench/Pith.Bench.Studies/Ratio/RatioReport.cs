using System.Globalization;
using System.Text.Json;
using Pith.Core.Files;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.Ratio;

/// <summary>Writes the results as JSON for programs and as Markdown for people.</summary>
internal static class RatioReport
{
    /// <summary>The paper's method.</summary>
    public const string Random = "best of 50 random draws";

    /// <summary>The default.</summary>
    public const string Greedy = "greedy, leave-one-in";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Write(StudyContext context, IReadOnlyList<RatioRow> rows)
    {
        Directory.CreateDirectory(context.Results);
        AtomicFile.WriteText(Path.Combine(context.Results, "ratio.json"), JsonSerializer.Serialize(new { context.Provenance, rows }, Json) + "\n");
        AtomicFile.WriteText(Path.Combine(context.Results, "ratio.md"), MarkdownRenderer.Render(ToReport(context, rows)));
        context.Say("wrote docs/results/ratio.json and .md");
    }

    private static Report ToReport(StudyContext context, IReadOnlyList<RatioRow> rows)
    {
        var cases = rows.GroupBy(row => (row.Model, row.Setup, row.Budget)).ToList();
        var wins = cases.Count(rows => Of(rows, Greedy).Kl < Of(rows, Random).Kl);
        var report = new Report(
                "Mixed precision at equal bytes",
                Text($"Greedy allocation by measured damages reaches a lower held-out divergence than the best of 50 random draws in {wins} of {cases.Count} cases, at {cases.Average(rows => Of(rows, Greedy).Passes / Of(rows, Random).Passes):P0} of the cost on average and {cases.Max(rows => Of(rows, Greedy).Passes / Of(rows, Random).Passes):P0} at most."))
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                "Assignment granularity: every matrix product by itself. Searched on the first 1,024 tokens of data/calibrate.txt in windows of 64, measured on the first 4,096 of data/eval.txt, which no search saw, in windows of 128. "
                + "Cost: one pass is one evaluation of the whole calibration text; runs of a part of the layers or of the text count as that part, the pass over the unquantized model and all estimates of damage included. "
                + "Low and high: mxint4:16 or bf16 for weights and activations, the attention products with their cached K and V included, as in arXiv 2410.06722. "
                + "Four formats: mxint3:16, mxint4:16, mxint6:16 or mxint8:16 for weights alone."))
            .Add(new Heading("Greedy against random"));
        var table = new Table(
            "Held-out divergence at equal bytes",
            TableColumn.OfText("model"), TableColumn.OfText("set-up"), TableColumn.OfNumber("budget", 2, "bits"),
            TableColumn.OfSignificant("random-50", 3, "nats"), TableColumn.OfSignificant("greedy", 3, "nats"), TableColumn.OfNumber("greedy/random", 2),
            TableColumn.OfNumber("random cost", 1, "passes"), TableColumn.OfNumber("greedy cost", 1, "passes"), TableColumn.OfNumber("cost ratio", 2));
        foreach (var rowsOfCase in cases)
        {
            var (random, greedy) = (Of(rowsOfCase, Random), Of(rowsOfCase, Greedy));
            table.Add(greedy.Model, greedy.Setup, greedy.Budget, random.Kl, greedy.Kl, greedy.Kl / random.Kl, random.Passes, greedy.Passes, greedy.Passes / random.Passes);
        }

        return report.Add(table)
            .Add(new Heading("Estimates of damage"))
            .Add(new Paragraph("Geometric mean over the models and budgets of the held-out divergence over that of the best of 50 random draws: below 1 is better than random."))
            .Add(Methods(rows, cases))
            .Add(new Heading("Everything"))
            .Add(All(rows));
    }

    private static Table Methods(IReadOnlyList<RatioRow> rows, List<IGrouping<(string Model, string Setup, double Budget), RatioRow>> cases)
    {
        var setups = rows.Select(row => row.Setup).Distinct().ToList();
        var table = new Table(
            "Divergence over that of random-50",
            [TableColumn.OfText("method"), .. setups.Select(setup => TableColumn.OfNumber(setup, 3)), TableColumn.OfNumber("passes", 1), TableColumn.OfNumber("worst case", 2)]);
        foreach (var method in rows.Select(row => row.Method).Distinct())
        {
            var ratios = setups.ConvertAll(setup => (Cell)Math.Exp(cases.Where(rows => rows.Key.Setup == setup).Average(rows => Math.Log(Of(rows, method).Kl / Of(rows, Random).Kl))));
            table.Add([method, .. ratios, cases.Average(rows => Of(rows, method).Passes), cases.Max(rows => Of(rows, method).Kl / Of(rows, Random).Kl)]);
        }

        return table;
    }

    private static Table All(IReadOnlyList<RatioRow> rows)
    {
        var table = new Table(
            "All searches",
            TableColumn.OfText("model"), TableColumn.OfText("set-up"), TableColumn.OfNumber("budget", 2, "bits"), TableColumn.OfText("method"),
            TableColumn.OfNumber("bits", 3), TableColumn.OfSignificant("KL, calibration", 3), TableColumn.OfSignificant("KL, held out", 3),
            TableColumn.OfNumber("perplexity", 3), TableColumn.OfNumber("of", 3), TableColumn.OfNumber("ratio", 1, "%"), TableColumn.OfNumber("passes", 1), TableColumn.OfNumber("time", 1, "s"));
        foreach (var row in rows)
        {
            table.Add(
                row.Model, row.Setup, row.Budget, row.Method, row.Bits, row.CalibrationKl, row.Kl,
                row.Perplexity, row.ReferencePerplexity, 100 * row.Ratio, row.Passes, row.Seconds);
        }

        return table;
    }

    private static RatioRow Of(IEnumerable<RatioRow> rows, string method) => rows.Single(row => row.Method == method);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
