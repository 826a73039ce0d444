namespace Pith.Kernels.Algebra;

/// <summary>A matrix in memory as a <see cref="ILinearMap"/>.</summary>
/// <param name="matrix">The matrix, any view.</param>
public sealed class MatrixMap(MatrixView matrix) : ILinearMap
{
    /// <inheritdoc/>
    public int Rows => matrix.Rows;

    /// <inheritdoc/>
    public int Columns => matrix.Columns;

    /// <inheritdoc/>
    public Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation) => Product(matrix, x, workers, cancellation);

    /// <inheritdoc/>
    public Matrix MultiplyTransposed(Matrix x, Workers workers, CancellationToken cancellation) =>
        Product(matrix.Transposed, x, workers, cancellation);

    private static Matrix Product(MatrixView m, Matrix x, Workers workers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(x);
        var y = new Matrix(m.Rows, x.Columns);
        MatrixProduct.Add(y.View, 1, m, x.View, workers, cancellation: cancellation);
        return y;
    }
}
