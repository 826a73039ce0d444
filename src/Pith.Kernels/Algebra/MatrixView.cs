namespace Pith.Kernels.Algebra;

/// <summary>A rectangle of an array of doubles, read with any steps: a part of a matrix, its transpose, its mirror image.</summary>
/// <remarks>Element (i, j) is <c>Values[Offset + i·RowStep + j·ColumnStep]</c>; steps may be negative. Copies nothing. An algorithm for lower
/// triangles serves upper ones on the view with both axes reversed. Immutable; as safe for threads as the array is.</remarks>
public readonly struct MatrixView
{
    internal MatrixView(double[] values, int offset, int rows, int columns, int rowStep, int columnStep)
    {
        (Values, Offset, Rows, Columns, RowStep, ColumnStep) = (values, offset, rows, columns, rowStep, columnStep);
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>The array looked at.</summary>
    internal double[] Values { get; }

    /// <summary>Index of element (0, 0).</summary>
    internal int Offset { get; }

    /// <summary>Elements from a row to the next.</summary>
    internal int RowStep { get; }

    /// <summary>Elements from a column to the next.</summary>
    internal int ColumnStep { get; }

    /// <summary>Rows and columns exchanged.</summary>
    public MatrixView Transposed => new(Values, Offset, Columns, Rows, ColumnStep, RowStep);

    /// <summary>The last row first.</summary>
    public MatrixView RowsReversed => new(Values, IndexOf(Math.Max(Rows - 1, 0), 0), Rows, Columns, -RowStep, ColumnStep);

    /// <summary>The last row first and the last column first.</summary>
    public MatrixView Reversed => RowsReversed.Transposed.RowsReversed.Transposed;

    /// <summary>One element.</summary>
    public double this[int row, int column]
    {
        get => Values[IndexOf(row, column)];
        set => Values[IndexOf(row, column)] = value;
    }

    /// <summary>A part of it.</summary>
    /// <param name="row">First row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches outside.</exception>
    public MatrixView Slice(int row, int rows, int column, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row, Rows - rows);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(column, Columns - columns);
        return new(Values, IndexOf(row, column), rows, columns, RowStep, ColumnStep);
    }

    /// <summary>Some rows, all columns.</summary>
    public MatrixView RowRange(int row, int rows) => Slice(row, rows, 0, Columns);

    /// <summary>A copy of its own.</summary>
    public Matrix ToMatrix()
    {
        var copy = new Matrix(Rows, Columns);
        for (var i = 0; i < Rows; i++)
        {
            var row = copy.Row(i);
            for (var j = 0; j < row.Length; j++)
                row[j] = this[i, j];
        }

        return copy;
    }

    private int IndexOf(int row, int column) => Offset + (row * RowStep) + (column * ColumnStep);
}
