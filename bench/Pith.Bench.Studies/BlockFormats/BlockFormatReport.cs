using System.Text.Json;
using Pith.Core.Files;
using Pith.Core.Formats;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.BlockFormats;

/// <summary>Writes the results as JSON for programs and as Markdown for people.</summary>
internal static class BlockFormatReport
{
    private const string Name = "block-formats";
    private const double Allowed = 0.01;
    private static readonly string[] NearLossless = ["bfp6:16", "bfp6:16@mse", "mxint6:16", "mxint6:32", "bfp6:16, attention bfp8:16", "mxint6:16, attention mxint8:16"];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(StudyContext context, BlockFormatResults results)
    {
        Directory.CreateDirectory(context.Results);
        var document = new { context.Provenance, results.Models, StudyModels.LeftOut, results.Formats, results.Parts, results.ScaleRules, results.Layers };
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".json"), JsonSerializer.Serialize(document, Json) + "\n");
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".md"), MarkdownRenderer.Render(ToReport(context, results), _ => Name + ".svg"));
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".svg"), SvgRenderer.Render(Divergence(results)) + "\n");
        context.Say($"wrote docs/results/{Name}.json, .md and .svg");
    }

    private static Report ToReport(StudyContext context, BlockFormatResults results)
    {
        var report = new Report("Block formats on small language models")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                "This page is written by the command above; docs/results/block-formats.json holds the same numbers and more digits. "
                + "Both operands of all nine matrix products of every block are rounded: weights, their inputs, Q, K, V and the attention probabilities. "
                + "Embedding, output matrix, norms, softmax and residual sums stay in 32-bit floats. No calibration, no fine-tuning. "
                + "A perplexity and the 32-bit one beside it come from the same tokens, so their ratio is far more exact than either."))
            .Add(Models(results));
        foreach (var (name, reason) in StudyModels.LeftOut)
            report.Add(new Paragraph($"Left out: {name}, because {reason}."));
        report
            .Add(new Heading("Perplexity"))
            .Add(PerModel(results, "Change of perplexity against 32-bit floats, in percent. Bits are stored bits of a weight.", "%", result =>
                100 * Change(results, result), TableColumn.OfSignificant))
            .Add(new Heading("Divergence"))
            .Add(Divergence(results))
            .Add(PerModel(results, "KL divergence of the next token from the 32-bit model, nats a token", "", result => result.Kl, TableColumn.OfSignificant))
            .Add(new Heading("Weights"))
            .Add(PerModel(results, "Relative Frobenius error of the weights of all blocks taken as one tensor", "", result =>
                result.WeightError, TableColumn.OfSignificant))
            .Add(new Heading("Six bits within one percent"))
            .Add(new Paragraph(
                "The claim: with six-bit block formats for weights and activations, perplexity stays within 1 % of 32-bit floats. "
                + "± is the standard error that comes from the finite text, sqrt(2·KL/tokens)."))
            .Add(WithinOnePercent(results))
            .Add(new Paragraph("Where the loss comes from: the same formats for some operands only, the rest in 32-bit floats."))
            .Add(Parts(results))
            .Add(new Paragraph(
                "Rounding Q and K costs a model the more, the larger they are (variances below): an error of a few percent of an attention score matters when the score is tens. "
                + "stories260K has heads of 8 numbers and makes up for it with large ones. Eight bits for the attention operands alone, --attention bfp8:16, remove most of that loss."))
            .Add(new Heading("Block minifloat, corrected"))
            .Add(new Paragraph(
                "The released code of the block-format paper chooses the shared bias of block minifloat (BMF) as floor(log2 max), clamped to 0 to 255, so that a block "
                + "whose largest number is below 1 is destroyed. bmf8:16@compat does the same bit by bit; bmf8:16 puts the largest number into the top binade. "
                + "The paper's poor figures for BMF are reproduced by the former and not by the latter."))
            .Add(BlockMinifloat(results))
            .Add(new Heading("Scale rules"))
            .Add(new Paragraph(
                "@mse tries the standard scale of a block and its two neighbours and keeps the one with the least squared error. It must never be worse. "
                + "Weighted: each column counts with the mean square of its input, measured on the text."))
            .Add(ScaleRules(results))
            .Add(new Heading("Variance, block by block"))
            .Add(new Paragraph(
                "The paper reports, for OPT and LLaMA models of 125M parameters and more, that the variance of activations grows by orders of magnitude with depth while that of weights does not. "
                + "These models have four to six blocks. Peak: largest magnitude over the root mean square."))
            .Add(Layers(results))
            .Add(new Heading("Memory density"))
            .Add(Density());
        return report;
    }

    private static Table Models(BlockFormatResults results)
    {
        var table = new Table(
            "Models and texts",
            TableColumn.OfText("model"), TableColumn.OfNumber("parameters", 0), TableColumn.OfNumber("weights of blocks", 0),
            TableColumn.OfText("text"), TableColumn.OfNumber("tokens scored", 0), TableColumn.OfNumber("fp32 perplexity", 4));
        foreach (var model in results.Models)
            table.Add(model.Model, model.Parameters, model.BlockWeights, model.Text, model.Tokens, model.Perplexity);
        return table;
    }

    private static Table PerModel(
        BlockFormatResults results, string caption, string unit, Func<FormatResult, double> value, Func<string, int, string, TableColumn> column)
    {
        var table = new Table(
            caption,
            [TableColumn.OfText("weights / activations"), TableColumn.OfNumber("bits", 2), .. results.Models.Select(model => column(model.Model, 3, unit))]);
        foreach (var format in StudiedFormat.All)
        {
            var row = results.Models.Select(model => Find(results, model.Model, format.Name)).ToList();
            table.Add([format.Name, format.Weights.BitsPerValue, .. row.Select(result => Cell.Of(value(result)))]);
        }

        return table;
    }

    // The model which reads the most natural text with the most weights: the last of the bundled family.
    private static Chart Divergence(BlockFormatResults results)
    {
        var model = results.Models.Last(model => model.Model.StartsWith("pith-", StringComparison.Ordinal)).Model;
        var series = StudiedFormat.All
            .Where(row => row.Weights == row.Attention && row.Weights is { BlockSize: > 0, IsCompat: false, Rule: ScaleRule.Standard } && row.Weights.Family != FormatFamily.Bl)
            .GroupBy(row => row.Weights.Family)
            .Select(family => new ChartSeries(
                family.Key.ToString().ToLowerInvariant(),
                [.. family.Select(row => new ChartPoint(row.Weights.BitsPerValue, Find(results, model, row.Name).Kl, row.Name))]));
        return new Chart(
            $"Divergence from fp32 against bits, {model}",
            "Weights and activations in the same format; the divergence falls by about four for each bit.",
            ChartKind.Scatter,
            new ChartAxis("bits of a value"),
            new ChartAxis("KL, nats a token", IsLogarithmic: true),
            [.. series]);
    }

    private static Table WithinOnePercent(BlockFormatResults results)
    {
        var table = new Table(
            "Six-bit formats for weights and activations",
            TableColumn.OfText("model"), TableColumn.OfText("format"), TableColumn.OfNumber("fp32 perplexity", 4),
            TableColumn.OfNumber("perplexity", 4), TableColumn.OfNumber("change", 2, "%"), TableColumn.OfNumber("±", 2, "%"), TableColumn.OfText("within 1 %"));
        foreach (var model in results.Models)
        {
            foreach (var format in NearLossless)
            {
                var result = Find(results, model.Model, format);
                var change = Change(results, result);
                table.Add(model.Model, format, model.Perplexity, result.Perplexity, 100 * change, 100 * StandardError(model, result), change <= Allowed ? "yes" : "no");
            }
        }

        return table;
    }

    private static Table Parts(BlockFormatResults results)
    {
        var table = new Table(
            "Change of perplexity against 32-bit floats, in percent, with some operands rounded only",
            [TableColumn.OfText("format"), TableColumn.OfText("rounded"), .. results.Models.Select(model => TableColumn.OfSignificant(model.Model, 3, "%"))]);
        foreach (var format in PartResult.Formats)
        {
            foreach (var (part, _) in PartResult.Parts)
                table.Add([format, part, .. results.Models.Select(model => Cell.Of(100 * Change(results, model.Model, results.Parts.Single(result => (result.Model, result.Format, result.Part) == (model.Model, format, part)).Perplexity)))]);
            table.Add([format, "all", .. results.Models.Select(model => Cell.Of(100 * Change(results, Find(results, model.Model, format))))]);
        }

        return table;
    }

    private static Table BlockMinifloat(BlockFormatResults results)
    {
        var table = new Table(
            "Block minifloat E4M3 in blocks of 16, as released and corrected",
            TableColumn.OfText("model"), TableColumn.OfNumber("fp32 perplexity", 4),
            TableColumn.OfSignificant("@compat perplexity", 5), TableColumn.OfNumber("corrected perplexity", 4),
            TableColumn.OfSignificant("@compat weight error", 3), TableColumn.OfSignificant("corrected weight error", 3),
            TableColumn.OfSignificant("@compat KL", 3), TableColumn.OfSignificant("corrected KL", 3));
        foreach (var model in results.Models)
        {
            var compat = Find(results, model.Model, "bmf8:16@compat");
            var corrected = Find(results, model.Model, "bmf8:16");
            table.Add(
                model.Model, model.Perplexity, compat.Perplexity, corrected.Perplexity, compat.WeightError, corrected.WeightError, compat.Kl, corrected.Kl);
        }

        return table;
    }

    private static Table ScaleRules(BlockFormatResults results)
    {
        var table = new Table(
            "Relative error of the weights with each scale rule, root mean square over the weights of all blocks of all models",
            TableColumn.OfText("format"), TableColumn.OfText("error"), TableColumn.OfNumber("weights", 0), TableColumn.OfSignificant("standard", 4),
            TableColumn.OfSignificant("@ceil", 4), TableColumn.OfSignificant("@mse", 4), TableColumn.OfNumber("weights where @mse is worse", 0));
        foreach (var group in results.ScaleRules.GroupBy(check => (check.Format, check.Error)))
        {
            var weights = group.Sum(check => check.Weights);
            table.Add(
                group.Key.Format, group.Key.Error, weights, Pooled(check => check.Standard),
                group.All(check => check.Ceil is not null) ? Pooled(check => check.Ceil!.Value) : Cell.None,
                Pooled(check => check.Searched), group.Sum(check => check.Worse));

            double Pooled(Func<ScaleRuleCheck, double> error) => Math.Sqrt(group.Sum(check => check.Weights * error(check) * error(check)) / weights);
        }

        return table;
    }

    private static Table Layers(BlockFormatResults results)
    {
        var table = new Table(
            "Variances",
            TableColumn.OfText("model"), TableColumn.OfNumber("block", 0), TableColumn.OfSignificant("weights", 3), TableColumn.OfSignificant("input of q, k, v", 3),
            TableColumn.OfSignificant("Q", 3), TableColumn.OfSignificant("K", 3), TableColumn.OfSignificant("V", 3),
            TableColumn.OfSignificant("input of gate, up", 3), TableColumn.OfSignificant("input of down", 3), TableColumn.OfSignificant("its peak", 3));
        foreach (var layer in results.Layers)
        {
            table.Add(
                layer.Model, layer.Layer, layer.Weights, layer.Input, layer.Query, layer.Key, layer.Value, layer.MlpInput, layer.Down, layer.DownPeak);
        }

        return table;
    }

    private static Table Density()
    {
        var table = new Table(
            "Bits of a value and memory density against 32-bit floats, in rows much longer than a block",
            TableColumn.OfText("format"), TableColumn.OfNumber("bits", 2), TableColumn.OfNumber("density", 2));
        foreach (var format in StudiedFormat.All.Select(row => row.Weights).Distinct().Where(format => !format.IsCompat && format.Rule == ScaleRule.Standard))
            table.Add(format.ToString(), format.BitsPerValue, 32 / format.BitsPerValue);
        return table;
    }

    private static FormatResult Find(BlockFormatResults results, string model, string format) =>
        results.Formats.Single(result => result.Model == model && result.Format == format);

    // For a small change of a distribution the variance of the logarithm of the ratio of old to new is twice the divergence.
    private static double StandardError(ModelResult model, FormatResult result) => Math.Sqrt(2 * result.Kl / model.Tokens);

    private static double Change(BlockFormatResults results, FormatResult result) => Change(results, result.Model, result.Perplexity);

    private static double Change(BlockFormatResults results, string model, double perplexity) =>
        (perplexity / results.Models.Single(entry => entry.Model == model).Perplexity) - 1;
}
