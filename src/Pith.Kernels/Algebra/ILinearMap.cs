namespace Pith.Kernels.Algebra;

/// <summary>A matrix known only by its products, for example a product of two matrices that is never formed.</summary>
/// <remarks>Implementations give the same bits for the same input, whatever the threads.</remarks>
public interface ILinearMap
{
    /// <summary>Rows of the matrix M.</summary>
    int Rows { get; }

    /// <summary>Columns of the matrix M.</summary>
    int Columns { get; }

    /// <summary>M · X as a new matrix.</summary>
    /// <param name="x">[<see cref="Columns"/>, any].</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation);

    /// <summary>Mᵀ · X as a new matrix.</summary>
    /// <param name="x">[<see cref="Rows"/>, any].</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    Matrix MultiplyTransposed(Matrix x, Workers workers, CancellationToken cancellation);
}
