namespace Pith.Kernels.Measure;

/// <summary>What <see cref="GemmBenchmark"/> measured.</summary>
/// <param name="Threads">Threads at work.</param>
/// <param name="Runs">Products measured.</param>
/// <param name="Gops">10^9 multiply-adds per second, the median of the runs.</param>
/// <param name="BestGops">The same of the fastest run.</param>
public sealed record GemmResult(int Threads, int Runs, double Gops, double BestGops);
