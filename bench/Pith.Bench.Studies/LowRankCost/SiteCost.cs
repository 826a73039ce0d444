namespace Pith.Bench.Studies.LowRankCost;

/// <summary>What the low-rank term of one site took.</summary>
/// <param name="Scale">Seconds for the scale: the Cholesky factor, or roots.</param>
/// <param name="Solve">Seconds for the term.</param>
/// <param name="Rounds">Rounds of the decomposition.</param>
/// <param name="Before">Output error without the term.</param>
/// <param name="After">Output error with it.</param>
/// <param name="PeakBytes">The most memory the process has held so far.</param>
internal sealed record SiteCost(double Scale, double Solve, int Rounds, double Before, double After, long PeakBytes);
