namespace Pith.Core.Reports;

/// <summary>Rows of texts and numbers under typed columns.</summary>
/// <remarks>Not thread-safe while it is built.</remarks>
public sealed record Table : ReportBlock
{
    private readonly List<TableRow> rows = [];

    /// <summary>Creates a table without rows.</summary>
    /// <param name="caption">What the table shows, one line.</param>
    /// <param name="columns">At least one.</param>
    public Table(string caption, params TableColumn[] columns)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Length, nameof(columns));
        Caption = caption;
        Columns = columns;
    }

    /// <summary>What the table shows, one line.</summary>
    public string Caption { get; }

    /// <summary>The columns, from left to right.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The rows, from top to bottom.</summary>
    public IReadOnlyList<TableRow> Rows => rows;

    /// <summary>Adds a row.</summary>
    /// <returns>The table, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The number of cells or the kind of one does not fit the columns.</exception>
    public Table Add(params ReadOnlySpan<Cell> cells) => Add(RowMark.None, cells);

    /// <summary>Adds a row that is special.</summary>
    /// <returns>The table, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The number of cells or the kind of one does not fit the columns.</exception>
    public Table Add(RowMark mark, params ReadOnlySpan<Cell> cells)
    {
        if (cells.Length != Columns.Count)
            throw new ArgumentException($"A row of '{Caption}' has {Columns.Count} cells, not {cells.Length}.", nameof(cells));
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Text is not null && Columns[i].IsNumber || cells[i].Number is not null && !Columns[i].IsNumber)
                throw new ArgumentException($"Column '{Columns[i].Name}' of '{Caption}' does not hold '{cells[i]}'.", nameof(cells));
        }

        rows.Add(new TableRow(cells.ToArray(), mark));
        return this;
    }
}
