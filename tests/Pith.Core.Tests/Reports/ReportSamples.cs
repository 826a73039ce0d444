using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

/// <summary>Reports that hold every kind of block.</summary>
internal static class ReportSamples
{
    /// <summary>Every kind of block, with <paramref name="text"/> wherever a report takes text.</summary>
    public static Report WithText(string text) => new Report(text, text)
        .Add(new Heading(text))
        .Add(new Paragraph(text))
        .Add(new CodeBlock(text))
        .Add(new Quote(text, text))
        .Add(new FactList((text, text)))
        .Add(Numbers(text))
        .Add(Scatter(text))
        .Add(Bars(text));

    public static Table Numbers(string text) =>
        new Table(text, TableColumn.OfText(text), TableColumn.OfNumber(text, 2, text), TableColumn.OfSignificant("KL", 3))
            .Add(RowMark.Reference, text, 16, 0)
            .Add(RowMark.Best, "b", 1234.567, 0.00012345)
            .Add("c", double.NaN, Cell.None);

    public static Chart Scatter(string text) => new(
        text, text, ChartKind.Scatter, new ChartAxis(text), new ChartAxis(text, IsLogarithmic: true),
        [new ChartSeries(text, [new(1, 10, text), new(2, 20, "b"), new(3, double.NaN, "c"), new(4, -1, "d")]), new ChartSeries("other", [new(1.5, 12)])],
        new ChartReference(15, text));

    public static Chart Bars(string text) => new(
        text, text, ChartKind.Bar, new ChartAxis("layer", Categories: [text, "b"]), new ChartAxis("error"),
        [new ChartSeries("s", [new(0, 1), new(1, 2)])]);
}
