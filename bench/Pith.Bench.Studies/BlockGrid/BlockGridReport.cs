using System.Text.Json;
using Pith.Core.Files;
using Pith.Core.Reports;

namespace Pith.Bench.Studies.BlockGrid;

/// <summary>Writes the results as JSON for programs and as Markdown for people.</summary>
internal static class BlockGridReport
{
    private const string Name = "block-grid";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(StudyContext context, IReadOnlyList<GridResult> results, IReadOnlyList<OperandError> operands)
    {
        Directory.CreateDirectory(context.Results);
        var document = new { context.Provenance, BlockGridStudy.Tokens, OperandError.Formats, results, operands };
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".json"), JsonSerializer.Serialize(document, Json) + "\n");
        AtomicFile.WriteText(Path.Combine(context.Results, Name + ".md"), MarkdownRenderer.Render(ToReport(context, results, operands)));
        context.Say($"wrote docs/results/{Name}.json and .md");
    }

    private static Report ToReport(StudyContext context, IReadOnlyList<GridResult> results, IReadOnlyList<OperandError> operands)
    {
        var report = new Report("Block floating point taken apart")
            .Add(context.Provenance.ToFacts())
            .Add(new Paragraph(
                "This page is written by the command above; docs/results/block-grid.json holds the same numbers and more digits. Models and texts are those of "
                + $"docs/results/block-formats.md, at most {BlockGridStudy.Tokens:N0} tokens of each. Numbers are changes of perplexity against 32-bit floats on the same tokens, in percent."))
            .Add(new Heading("Width of weights against width of activations"))
            .Add(new Paragraph("BFP in blocks of 16. Wn: bits of the weights. An: bits of their inputs, of Q, K, V and the attention probabilities; fp32: these stay as they are."))
            .Add(Grid(results, GridCell.Widths, "Change of perplexity in percent", (row, column) => Cell.Of($"{row} {column}")))
            .Add(new Paragraph("Published, on WikiText-2: 32-bit perplexities checked, rounded ones from memory and not checked."))
            .Add(Uniform())
            .Add(new Heading("Block size"))
            .Add(new Paragraph(
                "Weights in blocks of this size, activations in blocks of 16. A block longer than a row is the row: the bundled models have rows of 64 to 512 numbers. "
                + $"Published: OPT-1.3B on WikiText-2, the same formats, from the sheet of the follow-up work (LQER); its 32-bit perplexity there is {Published.Float32}."))
            .Add(Grid(results, GridCell.BlockSizes, "Change of perplexity in percent", (row, column) => Cell.Of($"{column}, block {row}"), published: true))
            .Add(new Heading("Which product hurts"))
            .Add(new Paragraph($"Both operands of one product of every block in {GridCell.ProductFormat}, everything else in 32-bit floats. KL divergence in nats a token: smaller effects show in it first."))
            .Add(Products(results))
            .Add(new Heading("Variance and error, layer by layer and tensor by tensor"))
            .Add(new Paragraph(
                "Relative Frobenius error of each operand when it is rounded row by row; fixed8 and fixed6 have one scale for a row. The largest bundled model; the JSON file has all models. "
                + "Read down a column: in blocks of 16 the error is nearly the same for every tensor and layer; with one scale for a row it differs by a factor of ten and more."));
        foreach (var operand in new[] { "weight", "input", "Q", "K", "V" })
            report.Add(Operands(operands, operand));
        return report;
    }

    private static Table Grid(IReadOnlyList<GridResult> results, string table, string caption, Func<string, string, Cell> name, bool published = false)
    {
        var models = Models(results);
        TableColumn[] more = published ? [TableColumn.OfSignificant("OPT-1.3B, published", 3, "%")] : [];
        var view = new Table(caption, [TableColumn.OfText("formats"), .. models.Select(model => TableColumn.OfSignificant(model, 3, "%")), .. more]);
        foreach (var cell in GridCell.All.Where(cell => cell.Table == table).OrderBy(cell => published ? cell.Column : ""))
        {
            Cell[] theirs = published ? [Cell.Of(100 * (Published.BlockSizes[(cell.Row, cell.Column)] / Published.Float32 - 1))] : [];
            view.Add([name(cell.Row, cell.Column), .. models.Select(model => Cell.Of(100 * Find(results, model, cell).Change)), .. theirs]);
        }

        return view;
    }

    private static Table Products(IReadOnlyList<GridResult> results)
    {
        var models = Models(results);
        var view = new Table("KL divergence with one product rounded", [TableColumn.OfText("product"), .. models.Select(model => TableColumn.OfSignificant(model, 3))]);
        foreach (var cell in GridCell.All.Where(cell => cell.Table == GridCell.Products))
            view.Add([cell.Row, .. models.Select(model => Cell.Of(Find(results, model, cell).Kl!.Value))]);
        return view;
    }

    private static Table Uniform()
    {
        var view = new Table(
            "Published BFP, blocks of 16", TableColumn.OfText("model"), TableColumn.OfNumber("fp32", 2), TableColumn.OfNumber("W6A6", 1), TableColumn.OfNumber("W4A4", 1));
        foreach (var (model, floats, six, four) in Published.Uniform)
            view.Add(model, floats, six, four is { } value ? value : Cell.None);
        return view;
    }

    private static Table Operands(IReadOnlyList<OperandError> operands, string operand)
    {
        var model = operands.Select(row => row.Model).Last(model => model.StartsWith("pith-", StringComparison.Ordinal));
        var view = new Table(
            $"{model}: {operand}",
            [TableColumn.OfText("site"), TableColumn.OfSignificant("variance", 3), .. OperandError.Formats.Select(format => TableColumn.OfSignificant(format, 3))]);
        foreach (var row in operands.Where(row => row.Model == model && row.Operand == operand))
            view.Add([row.Site, row.Variance, .. row.Errors.Select(error => Cell.Of(error))]);
        return view;
    }

    private static List<string> Models(IReadOnlyList<GridResult> results) => [.. results.Select(result => result.Model).Distinct(StringComparer.Ordinal)];

    private static GridResult Find(IReadOnlyList<GridResult> results, string model, GridCell cell) =>
        results.Single(result => (result.Model, result.Table, result.Row, result.Column) == (model, cell.Table, cell.Row, cell.Column));
}
