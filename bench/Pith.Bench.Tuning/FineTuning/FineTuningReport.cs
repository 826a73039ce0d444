using System.Text.Json;
using Pith.Bench.Studies;
using Pith.Core.Files;
using Pith.Core.Reports;
using Pith.Tune.Tuning;

namespace Pith.Bench.Tuning.FineTuning;

/// <summary>Writes the results as JSON for programs and as Markdown for people.</summary>
internal static class FineTuningReport
{
    private const string Name = "fine-tuning";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // Figures and statements about the paper's own experiment, with how sure we are of them.
    private static readonly (string Statement, string Source)[] Published =
    [
        ("Recipe: learning rate 2e-5, cosine, 4 epochs, batches of 16 times 4, straight-through gradient, not clipped", "the released code"),
        ("W4A4 BFP OPT-350M tuned on SST-2 comes near the accuracy of the unrounded model", "from memory, not checked; figure not retrieved"),
        ("Rounding a tuned model is worse than tuning a rounded one", "from memory, not checked; figures not retrieved"),
        ("W4A4 BFP without tuning: OPT-125M from 27.65 to 41.9 perplexity on WikiText-2 (+52 %), OPT-350M from 22.00 to 31.7 (+44 %)", "32-bit figures checked; the rounded ones from memory, not checked"),
    ];

    public static void Write(StudyContext context, IReadOnlyList<TuningResult> results, IReadOnlyList<TuningSpeed> speeds)
    {
        Directory.CreateDirectory(context.Results);
        var document = new { context.Provenance, TuningRun.TrainingTokens, TuneDefaults.LearningRate, results, speeds };
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".json"), JsonSerializer.Serialize(document, Json) + "\n");
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".md"), MarkdownRenderer.Render(ToReport(context, results, speeds)));
        context.Say($"wrote docs/results/{Name}.json and .md");
    }

    private static Report ToReport(StudyContext context, IReadOnlyList<TuningResult> results, IReadOnlyList<TuningSpeed> speeds) =>
        new Report("Tuning a rounded model against rounding a tuned one")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                "This page is written by the command above; docs/results/fine-tuning.json holds the same numbers and more digits. "
                + $"Texts: {TuningTexts.Description}. The bundled models were trained on novels. Each is tuned on {TuningRun.TrainingTokens:N0} tokens, "
                + $"AdamW, highest learning rate {TuneDefaults.LearningRate}, cosine, whatever it is rounded to, once for each seed of the order of the text. "
                + "Perplexities are the product's, of the packed model on the disk. A format rounds weights, their inputs, Q, K, V and the attention probabilities, "
                + "unless it says weights only."))
            .Add(new Heading("Perplexity"))
            .Add(new Paragraph(
                "Untuned: the bundled model, rounded. Tuned, then rounded: tuned in 32-bit floats, and quantized at the end. Tuned rounded: rounded in every forward pass, "
                + "gradients passed straight through, and quantized at the end. Means over the seeds. Recovered: the share of what rounding costs the tuned model that tuning it "
                + "rounded takes back, in nats. Spread: half the difference between the seeds in what is taken back, in nats; a dash where there was one seed."))
            .Add(Perplexities(results))
            .Add(new Heading("What it costs"))
            .Add(Speeds(speeds))
            .Add(new Heading("Published"))
            .Add(new Paragraph("What the paper (arXiv 2310.05079) reports on larger models and another task. Only the direction compares."))
            .Add(Statements());

    private static Table Perplexities(IReadOnlyList<TuningResult> results)
    {
        var table = new Table(
            "Held-out perplexity",
            TableColumn.OfText("model"), TableColumn.OfText("format"), TableColumn.OfNumber("fp32, untuned", 2), TableColumn.OfNumber("untuned", 2), TableColumn.OfNumber("fp32, tuned", 2),
            TableColumn.OfNumber("tuned, then rounded", 2), TableColumn.OfNumber("tuned rounded", 2), TableColumn.OfNumber("recovered", 0, "%"), TableColumn.OfNumber("spread", 4));
        foreach (var model in results.Select(result => result.Model).Distinct(StringComparer.Ordinal))
        {
            foreach (var format in TunedFormat.All)
            {
                double[] Losses(string? tunedAs, string measured) => [.. results
                    .Where(result => result.Model == model && result.TunedAs == tunedAs && result.Format == measured)
                    .OrderBy(result => result.Seed).Select(result => Math.Log(result.Perplexity))];
                var floats = Losses(TuningResult.InFloats, TuningResult.InFloats);
                var after = Losses(TuningResult.InFloats, format.Name);
                var during = Losses(format.Name, format.Name);
                var gains = after.Zip(during, (left, right) => left - right).ToList();
                table.Add(
                    model, format.Name, Mean(Losses(null, TuningResult.InFloats)), Mean(Losses(null, format.Name)), Mean(floats), Mean(after), Mean(during),
                    100 * gains.Average() / (after.Average() - floats.Average()), gains.Count > 1 ? (gains.Max() - gains.Min()) / 2 : Cell.None);
            }
        }

        return table;
    }

    private static double Mean(double[] losses) => Math.Exp(losses.Average());

    private static Table Speeds(IReadOnlyList<TuningSpeed> speeds)
    {
        var table = new Table(
            "Seconds of the fastest run and losses of the first seed; the machine did other work meanwhile",
            TableColumn.OfText("model"), TableColumn.OfText("rounded to"), TableColumn.OfNumber("seconds", 0), TableColumn.OfNumber("first loss", 3), TableColumn.OfNumber("last loss", 3));
        foreach (var group in speeds.GroupBy(speed => (speed.Model, speed.TunedAs)))
            table.Add(group.Key.Model, group.Key.TunedAs, group.Min(speed => speed.Seconds), group.First().FirstLoss, group.First().LastLoss);
        return table;
    }

    private static Table Statements()
    {
        var table = new Table("Statements about the paper's experiment", TableColumn.OfText("statement"), TableColumn.OfText("source"));
        foreach (var (statement, source) in Published) table.Add(statement, source);
        return table;
    }
}
