using Pith.Cli.Quickstart;
using Pith.Core.Reports;

namespace Pith.Cli.Tests.Quickstart;

public sealed class QuickstartReportTests
{
    private static readonly QuickstartRow good = new("mxint8:32", 8.25, 800_000, 50.1, 0.001, 900, [0.01, 0.02]);
    private static readonly QuickstartRow middle = new("bfp6:16", 6.5, 700_000, 50.4, 0.004, 950, [0.03, 0.04]);
    private static readonly QuickstartRow lucky = new("mxint4:16", 4.5, 600_000, 49.9, 0.2, 990, [0.1, 0.2]);

    private static QuickstartResult Result(double budget) => new()
    {
        Model = "pith-0.45m",
        Parameters = (463_424, 196_608),
        Text = ("data/eval.txt", 4096, 256),
        Original = new QuickstartRow("bf16", 16, 930_000, 50, 0, 800, []),
        Rows = [good, middle, lucky],
        BitsBudget = budget,
        Sample = ("Once\nupon", "seed 0"),
        Machine = "A machine.",
        Command = "./pith quantize …",
    };

    [Theory]
    [InlineData(16, "mxint8:32")]
    [InlineData(8.25, "mxint8:32")]
    [InlineData(8.2, "bfp6:16")]
    [InlineData(6.5, "bfp6:16")]
    [InlineData(5, "mxint4:16")]
    public void Best_IsTheClosestToTheOriginalWithinTheBudget(double budget, string format)
    {
        Assert.Equal(format, Result(budget).Best.Format);
    }

    [Fact]
    public void Best_WithoutAnyInTheBudget_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => Result(4).Best);
    }

    [Fact]
    public void Table_HasTheOriginalFirstAndMarksTheBest()
    {
        var rows = QuickstartReport.CreateTable(Result(6.5)).Rows;

        Assert.Equal(["bf16", "mxint8:32", "bfp6:16", "mxint4:16"], rows.Select(row => row.Cells[0].Text));
        Assert.Equal([RowMark.Reference, RowMark.None, RowMark.Best, RowMark.None], rows.Select(row => row.Mark));
    }

    [Fact]
    public void Table_WithASearchedPlan_HasItLast()
    {
        var searched = new QuickstartRow("searched", 5.4, 650_000, 50.2, 0.002, 900, []);
        var result = Result(6.5) with { Searched = searched };
        Assert.Equal("searched", QuickstartReport.CreateTable(result).Rows[^1].Cells[0].Text);
        Assert.Equal("bfp6:16", result.Best.Format);
        Assert.Equal(2, QuickstartReport.Create(result).Blocks.OfType<Chart>().First().Series.Count);
    }

    [Fact]
    public void Table_WithACorrectedModel_HasItBehindTheSearchedPlan()
    {
        var searched = new QuickstartRow("searched", 5.4, 650_000, 50.2, 0.002, 900, []);
        var lowRank = new QuickstartRow("low-rank", 5.6, 660_000, 50.1, 0.0015, 800, []);
        var result = Result(6.5) with { Searched = searched, LowRank = lowRank };
        Assert.Equal(["searched", "low-rank"], QuickstartReport.CreateTable(result).Rows.TakeLast(2).Select(row => row.Cells[0].Text));
        Assert.Equal(["low-rank"], QuickstartReport.CreateTable(result with { Searched = null }).Rows.TakeLast(1).Select(row => row.Cells[0].Text));
        Assert.Equal("bfp6:16", result.Best.Format);
        Assert.Equal(["formats", "searched", "low-rank"], QuickstartReport.Create(result).Blocks.OfType<Chart>().First().Series.Select(series => series.Name));
    }

    [Fact]
    public void Report_SaysWhatChanged()
    {
        var text = TextRenderer.Render(QuickstartReport.Create(Result(6.5))).Replace("\n", " ", StringComparison.Ordinal);

        Assert.Contains("perplexity changes by +0.8 %", text, StringComparison.Ordinal);
        Assert.Contains("196,608 of the model's 463,424 weights", text, StringComparison.Ordinal);
        Assert.Contains("│ Once │ upon", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_HasTwoCharts()
    {
        Assert.Equal(2, QuickstartReport.Create(Result(6.5)).Blocks.OfType<Chart>().Count());
    }
}
