namespace Pith.Kernels.Measure;

/// <summary>What a kernel benchmark measured.</summary>
/// <param name="Threads">Threads at work.</param>
/// <param name="WeightBytes">Bytes of weights which one token (decode) or one pass (prefill) reads.</param>
/// <param name="BytesPerSecond">Weight bytes per second, 1e9 a GB.</param>
/// <param name="Yardstick">Median of the yardstick: bytes per second of plain reading (decode), multiply-adds per second in the cache (prefill).</param>
/// <param name="Ratio">Median over pairs of neighbouring measurements of the kernel's rate over the yardstick's.</param>
/// <param name="TokensPerSecond">Tokens per second through all matrices; attention and norms are not part of it.</param>
/// <param name="Gops">10^9 multiply-adds per second.</param>
public sealed record BenchmarkResult(
    int Threads, long WeightBytes, double BytesPerSecond, double Yardstick, double Ratio, double TokensPerSecond, double Gops);
