using Pith.Studies.Samplers;

namespace Pith.Compress.Ratio.Law;

/// <summary>The paper's search: random allocations of the wanted ratio, the best of them by measured loss (arXiv 2410.06722, section 4).</summary>
/// <param name="trials">Allocations tried; at least 1. The paper uses 50.</param>
public sealed class RandomRatioSearch(int trials = 50) : IRatioSearch
{
    /// <inheritdoc/>
    public string Description => $"random {trials}";

    /// <inheritdoc/>
    public bool[] Find(RatioProblem problem, double ratio, TrialRandom random, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(random);
        var tried = new Dictionary<string, (bool[] Low, double Loss)>();
        for (var trial = 0; trial < trials; trial++)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = Enumerable.Range(0, problem.Parameters.Count).Select(unit => (Unit: unit, Key: random.Next())).OrderBy(pair => pair.Key).Select(pair => pair.Unit).ToList();
            var low = problem.Take(order, ratio);
            var name = string.Concat(low.Select(isLow => isLow ? '1' : '0'));
            if (!tried.ContainsKey(name))
                tried[name] = (low, problem.Measure(low, RatioText.Search, cancellation));
        }

        return tried.Values.MinBy(found => found.Loss).Low;
    }
}
