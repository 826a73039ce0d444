namespace Pith.Kernels.Measure;

/// <summary>What a low-rank correction costs.</summary>
/// <param name="Threads">Threads at work.</param>
/// <param name="Rank">Rank of the correction.</param>
/// <param name="PlainSeconds">Median time of one transformer block's products without it.</param>
/// <param name="CorrectedSeconds">The same with it.</param>
/// <param name="Ratio">Median over neighbouring measurements of plain over corrected time: the speed that is left.</param>
public sealed record LowRankBenchmarkResult(int Threads, int Rank, double PlainSeconds, double CorrectedSeconds, double Ratio);
