using Pith.Compress.LowRank;
using Pith.Core.Plans;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Models.Calibration;

namespace Pith.Compress.Corrections;

/// <summary>What is known of one input of a model, and the scales that corrections of the weights with this input are looked for in.</summary>
/// <remarks>The scale of a second moment is the costly part of the exact method: it is made once, when it is first needed. Thread-safe.</remarks>
public sealed class KnownInputs
{
    private readonly InputStatistics? means;
    private readonly double[]? secondMoment;
    private readonly Lock gate = new();
    private ScaleMatrix? exact;

    /// <summary>Wraps statistics.</summary>
    /// <param name="means">Means of each input; null when nothing was measured.</param>
    /// <param name="secondMoment">R = E[xᵀx], [inputs, inputs], row-major; null when it was not measured. Taken over, and overwritten.</param>
    public KnownInputs(InputStatistics? means, double[]? secondMoment) => (this.means, this.secondMoment) = (means, secondMoment);

    /// <summary>Nothing is known.</summary>
    public static KnownInputs Nothing { get; } = new(null, null);

    /// <summary>The method whose scale is nearest to the error of the outputs.</summary>
    internal LowRankMethod BestMethod => secondMoment is not null ? LowRankMethod.Qera : means is not null ? LowRankMethod.QeraDiagonal : LowRankMethod.Lqer;

    /// <summary>The scale in which a method looks for the best correction.</summary>
    /// <exception cref="ArgumentException">The method needs what is not known.</exception>
    internal ScaleMatrix ScaleOf(LowRankMethod method, int inputs, Workers workers, CancellationToken cancellation) => method switch
    {
        LowRankMethod.Lqer => ScaleMatrix.Identity(inputs),
        LowRankMethod.L2qer when means is not null => ScaleMatrix.OfLargestMeans([.. means.LargestBatchMean]),
        LowRankMethod.QeraDiagonal when means is not null => ScaleMatrix.OfMeanSquares([.. means.MeanSquare]),
        LowRankMethod.Qera when secondMoment is not null => Exact(secondMoment, inputs, workers, cancellation),
        _ => throw new ArgumentException($"expected statistics of the inputs for {method.Text()}, found none", nameof(method)),
    };

    /// <summary>The scale of <see cref="BestMethod"/>.</summary>
    internal ScaleMatrix BestScale(int inputs, Workers workers, CancellationToken cancellation) => ScaleOf(BestMethod, inputs, workers, cancellation);

    private ScaleMatrix Exact(double[] moment, int inputs, Workers workers, CancellationToken cancellation)
    {
        lock (gate)
            return exact ??= ScaleMatrix.OfSecondMoment(new Matrix(moment, inputs, inputs), workers, cancellation);
    }
}
