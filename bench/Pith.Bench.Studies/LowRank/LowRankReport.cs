using System.Text.Json;
using Pith.Core.Files;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.LowRank;

/// <summary>Writes the results as JSON for programs and as Markdown for people.</summary>
internal static class LowRankReport
{
    private const string Name = "low-rank";
    private const double Allowed = 0.015;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Write(StudyContext context, IReadOnlyList<LowRankModel> models, IReadOnlyList<LowRankRow> rows)
    {
        Directory.CreateDirectory(context.Results);
        AtomicFile.WriteText(
            Path.Combine(context.Results, Name + ".json"), JsonSerializer.Serialize(new { context.Provenance, Models = models, Rows = rows, PublishedRow.All }, Json) + "\n");
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".md"), MarkdownRenderer.Render(ToReport(context, models, rows), _ => ""));
        context.Say($"wrote docs/results/{Name}.json and .md");
    }

    private static Report ToReport(StudyContext context, IReadOnlyList<LowRankModel> models, IReadOnlyList<LowRankRow> rows)
    {
        var report = new Report("Low-rank corrections of quantized weights")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                "This page is written by the command above; docs/results/low-rank.json holds the same numbers and more digits. Weights are mxint2, 3 or 4 in blocks of 16, all "
                + "activations and attention operands mxint8:16, the factors mxint8:16. Bundled models are calibrated on data/calibrate.txt and evaluated on data/eval.txt; the others on "
                + "other documents of the same file than they are evaluated on. Bits are stored bits of a weight with everything its correction stores; paper bits divide by the count of the "
                + "factors' numbers too, as the papers do. Output errors are relative, the mean over all weights: on the calibration inputs, and held out on those of the evaluation text."))
            .Add(Models(models))
            .Add(new Heading("Four bits, eight-bit activations"))
            .Add(new Paragraph("The claim: within 1.5 % of the 32-bit perplexity. For each model the best method at each rank; the exact one is also tried with weights rounded sixteen times, each time without the correction found before, and with the errors of earlier inputs made up for by later ones (GPTQ)."))
            .Add(NearLossless(models, rows))
            .Add(new Heading("Three bits: what L²QER removes"))
            .Add(new Paragraph("The claim: L²QER removes at least half of the increase of perplexity which plain rounding to three bits causes. In turns: weights rounded sixteen times, each time without the correction found before."))
            .Add(Removed(models, rows))
            .Add(new Heading("The same bytes without a correction"))
            .Add(new Paragraph(
                "Each corrected model against the widest plain format that stores no more than it does. On models this narrow a correction costs many bits a weight, since its share grows as rank over width."))
            .Add(EqualBytes(models, rows));
        foreach (var model in models)
            report.Add(new Heading(model.Model)).Add(All(model, rows));
        return report.Add(new Heading("Published figures"))
            .Add(new Paragraph("From the LQER authors' workbook: WikiText2 perplexity of much larger models, not measured here and not comparable with the figures above."))
            .Add(Published());
    }

    private static Table Models(IReadOnlyList<LowRankModel> models)
    {
        var table = new Table(
            "Models and texts", TableColumn.OfText("model"), TableColumn.OfNumber("width", 0), TableColumn.OfText("text"), TableColumn.OfNumber("tokens scored", 0),
            TableColumn.OfNumber("calibration tokens", 0), TableColumn.OfNumber("fp32 perplexity", 4));
        foreach (var model in models)
            table.Add(model.Model, model.Width, model.Text, model.Tokens, model.CalibrationTokens, model.Perplexity);
        return table;
    }

    private static Table NearLossless(IReadOnlyList<LowRankModel> models, IReadOnlyList<LowRankRow> rows)
    {
        var table = new Table(
            "W4A8 with a correction", TableColumn.OfText("model"), TableColumn.OfNumber("rank", 0), TableColumn.OfText("method"), TableColumn.OfNumber("bits", 2),
            TableColumn.OfNumber("paper bits", 2), TableColumn.OfNumber("plain change", 2, "%"), TableColumn.OfNumber("change", 2, "%"), TableColumn.OfText("within 1.5 %"));
        foreach (var model in models)
        {
            var plain = Plain(rows, model.Model, LowRankRun.NearLossless);
            foreach (var group in rows.Where(row => row.Model == model.Model && row.Weights == LowRankRun.NearLossless && row.Rank > 0).GroupBy(row => row.Rank))
            {
                var best = group.MinBy(row => row.Perplexity)!;
                table.Add(
                    model.Model, group.Key, best.Method!, best.Bits, best.StoredNumberBits, 100 * Change(model, plain), 100 * Change(model, best),
                    Change(model, best) <= Allowed ? "yes" : "no");
            }
        }

        return table;
    }

    private static Table Removed(IReadOnlyList<LowRankModel> models, IReadOnlyList<LowRankRow> rows)
    {
        var table = new Table(
            "mxint3:16 weights", TableColumn.OfText("model"), TableColumn.OfNumber("rank", 0), TableColumn.OfNumber("plain change", 2, "%"),
            TableColumn.OfNumber("lqer removes", 0, "%"), TableColumn.OfNumber("l2qer removes", 0, "%"), TableColumn.OfNumber("qera-diag removes", 0, "%"),
            TableColumn.OfNumber("qera removes", 0, "%"), TableColumn.OfNumber("l2qer in turns removes", 0, "%"), TableColumn.OfText("l2qer at least half"));
        foreach (var model in models)
        {
            var plain = Plain(rows, model.Model, LowRankRun.ThreeBits);
            foreach (var group in rows.Where(row => row.Model == model.Model && row.Weights == plain.Weights && row.Rank > 0).GroupBy(row => row.Rank))
            {
                double Share(string method) => (plain.Perplexity - group.Single(row => row.Method == method).Perplexity) / (plain.Perplexity - model.Perplexity);
                table.Add(
                    model.Model, group.Key, 100 * Change(model, plain), 100 * Share("lqer"), 100 * Share("l2qer"), 100 * Share("qera-diag"), 100 * Share("qera"),
                    100 * Share(LowRankRun.L2qerInTurns), Share("l2qer") >= 0.5 ? "yes" : Share(LowRankRun.L2qerInTurns) >= 0.5 ? "in turns" : "no");
            }
        }

        return table;
    }

    private static Table EqualBytes(IReadOnlyList<LowRankModel> models, IReadOnlyList<LowRankRow> rows)
    {
        var table = new Table(
            "Correction or more bits", TableColumn.OfText("model"), TableColumn.OfText("corrected"), TableColumn.OfNumber("bits", 2), TableColumn.OfSignificant("KL", 3),
            TableColumn.OfText("plain"), TableColumn.OfNumber("bits", 2), TableColumn.OfSignificant("KL", 3), TableColumn.OfText("wins"));
        foreach (var model in models)
        {
            foreach (var group in rows.Where(row => row.Model == model.Model && row.Rank > 0).GroupBy(row => (row.Weights, row.Rank)))
            {
                var best = group.MinBy(row => row.Kl)!;
                var plain = rows.Where(row => row.Model == model.Model && row.Rank == 0 && row.Bits <= best.Bits).MaxBy(row => row.Bits)!;
                table.Add(
                    model.Model, $"{best.Weights}, {best.Method} {best.Rank}", best.Bits, best.Kl, plain.Weights, plain.Bits, plain.Kl, best.Kl < plain.Kl ? "correction" : "more bits");
            }
        }

        return table;
    }

    private static Table All(LowRankModel model, IReadOnlyList<LowRankRow> rows)
    {
        var table = new Table(
            $"{model.Model}, fp32 perplexity {FormattableString.Invariant($"{model.Perplexity:F4}")}", TableColumn.OfText("weights"), TableColumn.OfText("method"),
            TableColumn.OfNumber("rank", 0), TableColumn.OfNumber("bits", 2), TableColumn.OfNumber("perplexity", 4), TableColumn.OfNumber("change", 2, "%"),
            TableColumn.OfSignificant("KL", 3), TableColumn.OfSignificant("output error", 3), TableColumn.OfSignificant("held out", 3));
        foreach (var row in rows.Where(row => row.Model == model.Model))
        {
            table.Add(
                row.Weights, row.Method ?? "none", row.Rank, row.Bits, row.Perplexity, 100 * Change(model, row), row.Kl, row.OutputError, row.HeldOutError);
        }

        return table;
    }

    private static Table Published()
    {
        var table = new Table(
            "LQER (arXiv 2402.02446), weights MXINT4, activations MXINT8, rank 32", TableColumn.OfText("model"), TableColumn.OfNumber("FP16", 2), TableColumn.OfNumber("AWQ W4", 2),
            TableColumn.OfNumber("L²QER W4A6", 2), TableColumn.OfNumber("L²QER W4A8", 2), TableColumn.OfNumber("change W4A8", 1, "%"));
        foreach (var row in PublishedRow.All)
            table.Add(row.Model, row.Full, row.Awq, row.W4A6, row.W4A8, 100 * ((row.W4A8 / row.Full) - 1));
        return table;
    }

    private static LowRankRow Plain(IReadOnlyList<LowRankRow> rows, string model, string weights) =>
        rows.Single(row => row.Model == model && row.Weights == weights && row.Rank == 0);

    private static double Change(LowRankModel model, LowRankRow row) => (row.Perplexity / model.Perplexity) - 1;
}
