namespace Pith.Kernels.Algebra;

/// <summary>A dense matrix of doubles, row-major.</summary>
/// <remarks>Owns or wraps one array; as safe for threads as that array is.</remarks>
public sealed class Matrix
{
    /// <summary>A matrix of zeros.</summary>
    /// <param name="rows">Rows, ≥ 0.</param>
    /// <param name="columns">Columns, ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative size, or more elements than an array can hold.</exception>
    public Matrix(int rows, int columns)
        : this(new double[Elements(rows, columns)], rows, columns)
    {
    }

    /// <summary>Wraps an array; it is not copied.</summary>
    /// <param name="values">[rows, columns], row-major.</param>
    /// <param name="rows">Rows, ≥ 0.</param>
    /// <param name="columns">Columns, ≥ 0.</param>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public Matrix(double[] values, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != Elements(rows, columns))
            throw new ArgumentException($"expected {rows} × {columns} numbers, found {values.Length}", nameof(values));
        (Values, Rows, Columns) = (values, rows, columns);
    }

    /// <summary>The numbers, row-major.</summary>
    public double[] Values { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>The whole matrix as a view.</summary>
    public MatrixView View => new(Values, 0, Rows, Columns, Columns, 1);

    /// <summary>One element.</summary>
    public double this[int row, int column]
    {
        get => Values[((long)row * Columns) + column];
        set => Values[((long)row * Columns) + column] = value;
    }

    /// <summary>One row.</summary>
    public Span<double> Row(int row) => Values.AsSpan(row * Columns, Columns);

    private static int Elements(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var elements = (long)rows * columns;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elements, Array.MaxLength, nameof(columns));
        return (int)elements;
    }
}
