using Pith.Kernels;
using Pith.Kernels.Algebra;

namespace Pith.Compress.LowRank;

/// <summary>F, which weighs the inputs of a weight: ‖F·E‖² is the error that the low-rank term is to make small.</summary>
/// <remarks>One F serves every weight with the same input (q, k, v; gate, up): make it once, it is the costly part of the exact method.
/// Any F with FᵀF = R, the second moment of the inputs, makes ‖F·E‖² the expected squared output error, so no matrix square root is taken.
/// Immutable, thread-safe.</remarks>
public abstract class ScaleMatrix
{
    private protected ScaleMatrix(int inputs) => Inputs = inputs;

    /// <summary>Inputs of the weights it serves.</summary>
    public int Inputs { get; }

    /// <summary>ε, which was added to the diagonal of R to make it definite; 0 for diagonal scales.</summary>
    public virtual double Regularization => 0;

    /// <summary>F = I: the plain error of the weight (LQER).</summary>
    /// <param name="inputs">Inputs of the weights, ≥ 1.</param>
    public static ScaleMatrix Identity(int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        return new DiagonalScale(Enumerable.Repeat(1.0, inputs).ToArray());
    }

    /// <summary>F = diag(s) of L²QER: s = ā / √(min ā · max ā), ā not below 10^-4 (arXiv 2402.02446 and its code).</summary>
    /// <param name="largestMeans">ā[i], the largest over the batches of the mean of |x[i]| over a batch's tokens; finite, ≥ 0, not empty.</param>
    /// <exception cref="Core.Diagnostics.PithException">A statistic is not (<see cref="CompressErrors.BadStatistics"/>).</exception>
    public static ScaleMatrix OfLargestMeans(ReadOnlySpan<double> largestMeans) => DiagonalScale.OfLargestMeans(largestMeans);

    /// <summary>F = diag(√E[x²]): the best for uncorrelated inputs (QERA, arXiv 2410.06040, approximate form).</summary>
    /// <remarks>Inputs that never differ from zero count as 10^-6 of the mean; where all are zero, F = I.</remarks>
    /// <param name="meanSquares">E[x[i]²] over all tokens; finite, ≥ 0, not empty.</param>
    /// <exception cref="Core.Diagnostics.PithException">A statistic is not (<see cref="CompressErrors.BadStatistics"/>).</exception>
    public static ScaleMatrix OfMeanSquares(ReadOnlySpan<double> meanSquares) => DiagonalScale.OfMeanSquares(meanSquares);

    /// <summary>F = Lᵀ with L·Lᵀ = R + εI: the best for the inputs as they are (QERA, exact form).</summary>
    /// <remarks>ε is 10^-6 of the mean of R's diagonal, ten times as much as often as needed. Where R is zero, F = I. n³/3 operations.</remarks>
    /// <param name="secondMoment">R = E[xᵀx], [inputs, inputs], both triangles filled. It is taken over and overwritten: copy it to keep it.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="Core.Diagnostics.PithException">R is not finite or no second moment (<see cref="CompressErrors.BadStatistics"/>).</exception>
    public static ScaleMatrix OfSecondMoment(Matrix secondMoment, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(secondMoment);
        ArgumentNullException.ThrowIfNull(workers);
        if (secondMoment.Rows != secondMoment.Columns || secondMoment.Rows < 1)
            throw new ArgumentException($"expected a square matrix, found [{secondMoment.Rows}, {secondMoment.Columns}]", nameof(secondMoment));
        return CholeskyScale.Of(secondMoment, workers, cancellation);
    }

    /// <summary>F·X as a new matrix.</summary>
    internal abstract Matrix Multiply(Matrix x, Workers workers, CancellationToken cancellation);

    /// <summary>F⁻¹·X, written over X.</summary>
    internal abstract void Solve(Matrix x, Workers workers, CancellationToken cancellation);

    /// <summary>D·Fᵀ, written over D [outputs, inputs]; its unit takes the size of F over.</summary>
    internal abstract void ApplyToRows(SingleMatrix d, Workers workers, CancellationToken cancellation);

    /// <summary>Which share of a rounding error each later input takes over, see <see cref="FeedbackRounding"/>; null where inputs are uncorrelated.</summary>
    /// <param name="damping">Added to the diagonal of R, as a share of its mean.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    internal abstract Matrix? Feedback(double damping, Workers workers, CancellationToken cancellation);
}
