namespace Pith.Compress.Ratio.Law;

/// <summary>A law as a formula that is linear in its coefficients once the logarithm is taken. Immutable.</summary>
/// <param name="Name">Short and unique.</param>
/// <param name="Formula">As one writes it.</param>
/// <param name="Coefficients">Names of the coefficients, in the order of the rows.</param>
/// <param name="Source">Where it is from.</param>
public sealed record LawForm(string Name, string Formula, IReadOnlyList<string> Coefficients, string Source)
{
    private const double Billion = 1e9;

    /// <summary>The first law of the paper: model size against the share kept in high precision, at one budget.</summary>
    public static LawForm Size { get; } = new(
        "size", "N = exp(k·x + c), N in billions, x = 1 − Q_r^max", ["k", "c"], "arXiv 2410.06722, law 1");

    /// <summary>The second law of the paper: increase of perplexity against block size, at one ratio.</summary>
    public static LawForm Block { get; } = new(
        "block", "Δppl [%] = A·Q_b^k", ["k", "ln A"], "arXiv 2410.06722, law 2");

    /// <summary>Everything multiplied, exponential in the ratio.</summary>
    public static LawForm Exponential { get; } = new(
        "product-exp", "ΔL = C·N^−α·exp(β·Q_r)·Q_b^γ", ["α", "β", "γ", "ln C"], "ours, after the abstract of arXiv 2410.06722 v3");

    /// <summary>Everything multiplied, a power of the share kept in high precision.</summary>
    public static LawForm Power { get; } = new(
        "product-power", "ΔL = C·N^−α·(1 − Q_r)^−β·Q_b^γ", ["α", "β", "γ", "ln C"], "ours, after the abstract of arXiv 2410.06722 v3");

    /// <summary>The row of a maximum for <see cref="Size"/>.</summary>
    internal static LawRow Row(MaximumRatio maximum) => new([1 - maximum.Ratio, 1], Math.Log(maximum.Parameters / Billion));

    /// <summary>The row of a point for <see cref="Block"/>.</summary>
    internal static LawRow BlockRow(LawPoint point) => new([Math.Log(point.BlockSize), 1], Math.Log(100 * point.PerplexityIncrease));

    /// <summary>The row of a point for <see cref="Exponential"/>.</summary>
    internal static LawRow ExponentialRow(LawPoint point) =>
        new([-Math.Log(point.Parameters / Billion), point.Ratio, Math.Log(point.BlockSize), 1], Math.Log(point.LossIncrease));

    /// <summary>The row of a point for <see cref="Power"/>; its ratio is below 1.</summary>
    internal static LawRow PowerRow(LawPoint point) =>
        new([-Math.Log(point.Parameters / Billion), -Math.Log(1 - point.Ratio), Math.Log(point.BlockSize), 1], Math.Log(point.LossIncrease));
}
