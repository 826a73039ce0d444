namespace Pith.Models.Evaluation;

/// <summary>A figure measured on a sample, and how uncertain it is.</summary>
/// <param name="Value">The figure.</param>
/// <param name="StandardError">Its standard error, in the same unit; 0 where one draw alone was made and nothing can be said.</param>
public readonly record struct Estimate(double Value, double StandardError)
{
    /// <summary>The mean of some draws: σ̂ / √n, with σ̂² = Σ (x - mean)² / (n - 1).</summary>
    /// <param name="sum">Σ x.</param>
    /// <param name="squares">Σ x².</param>
    /// <param name="count">n, at least 1.</param>
    public static Estimate Mean(double sum, double squares, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var mean = sum / count;

        // Rounding can leave a little less than nothing where all draws are equal.
        var variance = Math.Max(0, (squares / count) - (mean * mean));
        return new Estimate(mean, count > 1 ? Math.Sqrt(variance / (count - 1)) : 0);
    }

    /// <summary>A share of yes among draws of yes and no: √(p (1 - p) / (n - 1)).</summary>
    /// <param name="hits">Draws that were yes, 0 … <paramref name="count"/>.</param>
    /// <param name="count">n, at least 1.</param>
    public static Estimate Share(long hits, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, count);
        var share = (double)hits / count;
        return new Estimate(share, count > 1 ? Math.Sqrt(share * (1 - share) / (count - 1)) : 0);
    }

    /// <summary>The root of a mean: its error is the mean's over twice the root.</summary>
    internal Estimate Root()
    {
        var root = Math.Sqrt(Value);
        return new Estimate(root, root > 0 ? StandardError / (2 * root) : 0);
    }
}
