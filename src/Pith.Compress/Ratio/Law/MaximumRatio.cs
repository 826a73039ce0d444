namespace Pith.Compress.Ratio.Law;

/// <summary>The largest quantisation ratio of one model within a loss budget.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Parameters">Its parameters, N.</param>
/// <param name="Granularity">What may differ in precision.</param>
/// <param name="BlockSize">Numbers that share a scale, Q_b.</param>
/// <param name="Budget">Allowed Δppl, a fraction.</param>
/// <param name="Ratio">The largest ratio, Q_r^max(budget, N).</param>
/// <param name="IsSaturated">Whether the whole model fits the budget: the law then says no more than "at least".</param>
public sealed record MaximumRatio(
    string Model, long Parameters, Granularity Granularity, int BlockSize, double Budget, double Ratio, bool IsSaturated)
{
    /// <summary>Reads it off the measured points of one model, granularity and block size.</summary>
    /// <remarks>The budget is met up to the first point that exceeds it; between that and the point before, the increase is taken as straight,
    /// beginning with no increase at ratio 0.</remarks>
    /// <param name="curve">At least one point; all of the same model, granularity and block size.</param>
    /// <param name="budget">Allowed Δppl, a fraction; positive.</param>
    public static MaximumRatio Of(IReadOnlyCollection<LawPoint> curve, double budget)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        var first = curve.First();
        var (ratio, increase) = (0.0, 0.0);
        foreach (var point in curve.OrderBy(point => point.Ratio))
        {
            if (point.PerplexityIncrease > budget)
            {
                var share = (budget - increase) / (point.PerplexityIncrease - increase);
                return Found(ratio + (share * (point.Ratio - ratio)), isSaturated: false);
            }

            (ratio, increase) = (point.Ratio, point.PerplexityIncrease);
        }

        return Found(ratio, isSaturated: true);

        MaximumRatio Found(double found, bool isSaturated) =>
            new(first.Model, first.Parameters, first.Granularity, first.BlockSize, budget, found, isSaturated);
    }
}
