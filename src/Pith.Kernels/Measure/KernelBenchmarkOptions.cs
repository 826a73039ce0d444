using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>What to measure.</summary>
/// <param name="Shape">The model shape.</param>
/// <param name="Weights">Format of the weights. With small integers in both formats products are integer inside a block; other codes are decoded for products in 32-bit floats, one token at a time.</param>
/// <param name="Activations">Format of the activations.</param>
/// <param name="Threads">Threads, ≥ 1.</param>
/// <param name="Seconds">About how long to measure, &gt; 0; one whole pass is always measured.</param>
/// <param name="Seed">Seed of the synthetic numbers.</param>
public sealed record KernelBenchmarkOptions(
    ModelShape Shape, NumberFormat Weights, NumberFormat Activations, int Threads, double Seconds = 10, int Seed = 0)
{
    /// <summary>Whether products are integer inside a block; otherwise they are of decoded numbers, in 32-bit floats.</summary>
    public bool IsInteger => InterleavedMatrix.Serves(Weights) && ActivationBlocks.Serves(Activations);
}
