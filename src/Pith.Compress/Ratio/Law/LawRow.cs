namespace Pith.Compress.Ratio.Law;

/// <summary>One observation of a linear fit.</summary>
/// <param name="Terms">What the coefficients are multiplied with.</param>
/// <param name="Response">What their sum should be.</param>
internal sealed record LawRow(double[] Terms, double Response);
