using Pith.Compress.LowRank;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Models.Calibration;

namespace Pith.Compress.Corrections;

/// <summary>What is known of the inputs of one weight.</summary>
/// <param name="Means">Means of each input; null when nothing was measured.</param>
/// <param name="SecondMoment">R = E[xᵀx], [inputs, inputs], row-major; null when it was not measured.</param>
public sealed record KnownInputs(InputStatistics? Means, double[]? SecondMoment)
{
    /// <summary>Nothing is known.</summary>
    public static KnownInputs Nothing { get; } = new(null, null);

    /// <summary>What a calibration says about a site.</summary>
    /// <param name="calibration">Null when there was none.</param>
    /// <param name="site">A site that has a weight.</param>
    public static KnownInputs Of(CalibrationStatistics? calibration, Site site) => calibration is null
        ? Nothing
        : new KnownInputs(calibration[site], calibration.HasSecondMoments ? calibration.SecondMomentOf(site) : null);

    /// <summary>The scale in which a method looks for the best correction.</summary>
    /// <exception cref="ArgumentException">The method needs what is not known.</exception>
    internal ScaleMatrix ScaleOf(LowRankMethod method, int inputs, Workers workers, CancellationToken cancellation) => method switch
    {
        LowRankMethod.Lqer => ScaleMatrix.Identity(inputs),
        LowRankMethod.L2qer when Means is not null => ScaleMatrix.OfLargestMeans([.. Means.LargestBatchMean]),
        LowRankMethod.QeraDiagonal when Means is not null => ScaleMatrix.OfMeanSquares([.. Means.MeanSquare]),
        LowRankMethod.Qera when SecondMoment is not null => ScaleMatrix.OfSecondMoment(new Matrix([.. SecondMoment], inputs, inputs), workers, cancellation),
        _ => throw new ArgumentException($"expected statistics of the inputs for {method.Text()}, found none", nameof(method)),
    };

    /// <summary>The scale whose norm is nearest to the error of the outputs.</summary>
    internal ScaleMatrix BestScale(int inputs, Workers workers, CancellationToken cancellation) =>
        ScaleOf(SecondMoment is not null ? LowRankMethod.Qera : Means is not null ? LowRankMethod.QeraDiagonal : LowRankMethod.Lqer, inputs, workers, cancellation);
}
