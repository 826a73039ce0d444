using Pith.Core.Formats;

namespace Pith.Kernels.Measure;

/// <summary>What to measure.</summary>
/// <param name="Shape">The model shape.</param>
/// <param name="Weights">Format of the weights: small integers with a scale a block.</param>
/// <param name="Activations">Format of the activations: small integers with one power of two a block.</param>
/// <param name="Threads">Threads, ≥ 1.</param>
/// <param name="Seconds">About how long to measure, &gt; 0; one whole pass is always measured.</param>
/// <param name="Seed">Seed of the synthetic numbers.</param>
public sealed record KernelBenchmarkOptions(
    ModelShape Shape, NumberFormat Weights, NumberFormat Activations, int Threads, double Seconds = 10, int Seed = 0);
