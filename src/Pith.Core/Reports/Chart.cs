namespace Pith.Core.Reports;

/// <summary>A diagram of one or several series.</summary>
/// <param name="Title">What it shows, one line.</param>
/// <param name="Description">What one sees in it, for readers who cannot see it.</param>
/// <param name="Kind">How points are drawn.</param>
/// <param name="X">The x axis.</param>
/// <param name="Y">The y axis.</param>
/// <param name="Series">In the order of the legend.</param>
/// <param name="Reference">A value to compare with, or null.</param>
public sealed record Chart(
    string Title, string Description, ChartKind Kind, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series,
    ChartReference? Reference = null) : ReportBlock
{
    // Six digits show every difference one could see in the picture.
    private const int Digits = 6;

    /// <summary>The same numbers as a table: one row a point.</summary>
    public Table ToTable()
    {
        var hasLabels = Series.Any(series => series.Points.Any(point => point.Label.Length > 0));
        var x = X.Categories is null ? TableColumn.OfSignificant(X.Title, Digits) : TableColumn.OfText(X.Title);
        var y = TableColumn.OfSignificant(Y.Title, Digits);
        TableColumn[] columns = hasLabels ? [TableColumn.OfText("point"), x, y] : [x, y];
        var table = new Table(Title, Series.Count > 1 ? [TableColumn.OfText("series"), .. columns] : columns);
        foreach (var series in Series)
        {
            foreach (var point in series.Points)
            {
                List<Cell> cells = [];
                if (Series.Count > 1)
                    cells.Add(series.Name);
                if (hasLabels)
                    cells.Add(point.Label);
                cells.Add(X.Categories is null ? point.X : X.Categories[(int)point.X]);
                cells.Add(point.Y);
                table.Add([.. cells]);
            }
        }

        return table;
    }
}
