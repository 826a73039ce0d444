namespace Pith.Kernels.Algebra;

/// <summary>A big dense matrix in single precision, row-major, as a <see cref="ILinearMap"/>: its elements are <see cref="Unit"/> times its numbers.</summary>
/// <remarks>Half the memory of a <see cref="Matrix"/>. Products with thin matrices are summed as <see cref="ThinProduct"/> says: they err by about 10^-7 of the
/// lengths of their factors. Wraps one array; as safe for threads as that array is.</remarks>
/// <param name="values">[rows, columns], row-major; not copied.</param>
/// <param name="rows">Rows, ≥ 0.</param>
/// <param name="columns">Columns, ≥ 0.</param>
public sealed class SingleMatrix(float[] values, int rows, int columns) : ILinearMap
{
    /// <summary>The numbers, row-major.</summary>
    public float[] Values { get; } = values is { } && values.Length == (long)rows * columns
        ? values
        : throw new ArgumentException($"expected {rows} × {columns} numbers, found {values?.Length}", nameof(values));

    /// <inheritdoc/>
    public int Rows => rows;

    /// <inheritdoc/>
    public int Columns => columns;

    /// <summary>What the numbers are multiples of, so that they stay in range; finite, &gt; 0.</summary>
    public double Unit { get; set; } = 1;

    /// <summary>One row.</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * columns, columns);

    /// <inheritdoc/>
    public Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation) =>
        ThinProduct.Of(this, isTransposed: false, x, workers, cancellation);

    /// <inheritdoc/>
    public Matrix MultiplyTransposed(Matrix x, Workers workers, CancellationToken cancellation) =>
        ThinProduct.Of(this, isTransposed: true, x, workers, cancellation);

    /// <summary>The sum of all its squared elements, in double precision; no finite number where an element is none.</summary>
    /// <param name="workers">The threads to use.</param>
    public double SquaredNorm(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var sums = new double[rows];
        workers.Run(rows, Values.LongLength, (first, end) =>
        {
            for (var row = first; row < end; row++)
                sums[row] = VectorSums.SumOfSquares(Row(row));
        });
        return sums.Sum() * Unit * Unit;
    }
}
