using System.Globalization;

namespace Pith.Compress.Ratio.Law;

/// <summary>What a set of points says about the laws.</summary>
/// <remarks>Immutable.</remarks>
/// <param name="Points">The points, as they were given.</param>
/// <param name="Maxima">The largest ratio of every model, granularity, block size and budget.</param>
/// <param name="Fits">Every fit that the points determine.</param>
/// <param name="Claims">The phenomena of the paper, as found or not found.</param>
public sealed record LawAnalysis(
    IReadOnlyList<LawPoint> Points, IReadOnlyList<MaximumRatio> Maxima, IReadOnlyList<LawFit> Fits, IReadOnlyList<SignTest> Claims)
{
    // The paper fits no point beyond: there the loss explodes.
    private const double LargestIncrease = 1;

    /// <summary>Fits the laws and tests the claims.</summary>
    /// <param name="points">Measured points, at least one.</param>
    /// <param name="budgets">Allowed Δppl, fractions, for the first law and the claims.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static LawAnalysis Of(IReadOnlyList<LawPoint> points, IReadOnlyList<double> budgets, long seed)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(budgets);
        // With few units two ratios may have asked for the same allocation: it counts once.
        var distinct = points.DistinctBy(point => point with { Target = 0 }).ToList();
        var maxima = distinct
            .GroupBy(point => (point.Model, point.Granularity, point.BlockSize))
            .SelectMany(curve => budgets.Select(budget => MaximumRatio.Of([.. curve], budget)))
            .ToList();
        var fits = SizeFits(maxima, seed).Concat(BlockFits(points, seed)).Concat(ProductFits(distinct, seed)).OfType<LawFit>().ToList();
        return new LawAnalysis(points, maxima, fits, [LargerModels(maxima), FinerAssignment(maxima), SmallerBlocks(maxima)]);
    }

    private static IEnumerable<LawFit?> SizeFits(List<MaximumRatio> maxima, long seed) => maxima
        .Where(maximum => !maximum.IsSaturated)
        .GroupBy(maximum => (maximum.Granularity, maximum.BlockSize, maximum.Budget))
        .Select(group => LawFitter.Fit(
            LawForm.Size,
            string.Create(CultureInfo.InvariantCulture, $"{Name(group.Key.Granularity)}, Q_b {group.Key.BlockSize}, budget {100 * group.Key.Budget:G3} %"),
            [.. group.Select(LawForm.Row)],
            seed));

    private static IEnumerable<LawFit?> BlockFits(IReadOnlyList<LawPoint> points, long seed) => points
        .Where(point => point.PerplexityIncrease is > 0 and <= LargestIncrease)
        .GroupBy(point => (point.Model, point.Granularity, point.Target))
        .Select(group => LawFitter.Fit(
            LawForm.Block,
            string.Create(CultureInfo.InvariantCulture, $"{group.Key.Model}, {Name(group.Key.Granularity)}, Q_r {group.Key.Target:G3}"),
            [.. group.Select(LawForm.BlockRow)],
            seed));

    // Both forms on the same points, so that Akaike's criterion compares them: the power has none at ratio 1.
    private static IEnumerable<LawFit?> ProductFits(List<LawPoint> points, long seed) => points
        .Where(point => point.LossIncrease > 0 && point.PerplexityIncrease <= LargestIncrease && point.Ratio < 1)
        .GroupBy(point => point.Granularity)
        .SelectMany(group => new[]
        {
            LawFitter.Fit(LawForm.Exponential, Name(group.Key), [.. group.Select(LawForm.ExponentialRow)], seed),
            LawFitter.Fit(LawForm.Power, Name(group.Key), [.. group.Select(LawForm.PowerRow)], seed),
        });

    private static SignTest LargerModels(List<MaximumRatio> maxima) => SignTest.Of(
        "a larger model bears a larger ratio",
        maxima.GroupBy(maximum => (maximum.Granularity, maximum.BlockSize, maximum.Budget))
            .SelectMany(group => Neighbours([.. group.OrderBy(maximum => maximum.Parameters)])));

    private static SignTest FinerAssignment(List<MaximumRatio> maxima) => SignTest.Of(
        "a decision for every product permits a larger ratio than one for every layer",
        maxima.GroupBy(maximum => (maximum.Model, maximum.BlockSize, maximum.Budget))
            .SelectMany(group => Neighbours([.. group.OrderBy(maximum => maximum.Granularity)])));

    private static SignTest SmallerBlocks(List<MaximumRatio> maxima) => SignTest.Of(
        "smaller blocks permit a larger ratio",
        maxima.GroupBy(maximum => (maximum.Model, maximum.Granularity, maximum.Budget))
            .SelectMany(group => Neighbours([.. group.OrderByDescending(maximum => maximum.BlockSize)])));

    private static IEnumerable<(double Smaller, double Larger)> Neighbours(List<MaximumRatio> ordered) =>
        ordered.Zip(ordered.Skip(1), (smaller, larger) => (smaller.Ratio, larger.Ratio));

    private static string Name(Granularity granularity) => granularity.ToString().ToLowerInvariant();
}
