using Pith.Core.Reports;

namespace Pith.Core.Tests.Reports;

public sealed class TableTests
{
    private readonly Table table = new("t", TableColumn.OfText("a"), TableColumn.OfNumber("b", 1));

    [Fact]
    public void Add_WrongNumberOfCells_Throws()
    {
        Assert.Throws<ArgumentException>(() => table.Add("x"));
        Assert.Throws<ArgumentException>(() => table.Add("x", 1, 2));
    }

    [Fact]
    public void Add_WrongKindOfCell_Throws()
    {
        Assert.Throws<ArgumentException>(() => table.Add(1, 1));
        Assert.Throws<ArgumentException>(() => table.Add("x", "y"));
    }

    [Fact]
    public void Create_WithoutColumns_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Table("t"));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(-1)]
    public void OfNumber_DigitsOutOfRange_Throws(int digits)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TableColumn.OfNumber("a", digits));
        Assert.Throws<ArgumentOutOfRangeException>(() => TableColumn.OfSignificant("a", digits));
    }

    [Fact]
    public void ToTable_Chart_HasARowForEveryPoint()
    {
        var rows = ReportSamples.Scatter("s").ToTable().Rows;

        Assert.Equal(5, rows.Count);
        Assert.Equal(["s", "s", 1.0, 10.0], rows[0].Cells.Select(cell => (object?)cell.Text ?? cell.Number));
    }
}
