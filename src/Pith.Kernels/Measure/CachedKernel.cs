using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>The packed kernel on one tile of tokens and one group of rows for each thread, which stay in the first-level cache:
/// the best rate of its instructions.</summary>
internal sealed class CachedKernel : IDisposable
{
    // Long enough that calls do not count, short enough for the first-level cache with eight tokens: 8 KiB and at most 17 KiB of weights.
    private const int Columns = 1024;
    private const int Repeats = 4000;
    private const int Groups = 1;

    private readonly InterleavedMatrix matrix;
    private readonly ActivationBlocks x;

    public CachedKernel(NumberFormat weights, NumberFormat activations, int seed)
    {
        var random = new Random(seed);
        matrix = InterleavedMatrix.Random(weights, Groups * Tile.Rows, Columns, random);
        x = ActivationBlocks.TryCreate(activations, Columns)!;
        x.Fill(Enumerable.Range(0, Columns * ActivationBlocks.TileTokens).Select(_ => random.NextSingle() - 0.5f).ToArray(), ActivationBlocks.TileTokens, Workers.Single);
        x.Prepare(matrix);
    }

    /// <summary>Multiply-adds per second of all threads together.</summary>
    public double MultiplyAddsPerSecond(Workers workers)
    {
        var work = (double)Repeats * matrix.Rows * Columns * ActivationBlocks.TileTokens;
        var seconds = KernelBenchmark.Time(() => workers.Run(workers.Threads, long.MaxValue, (first, end) =>
        {
            Span<float> y = stackalloc float[ActivationBlocks.TileTokens * Tile.Rows];
            for (var i = 0; i < Repeats * (end - first); i++)
                PackedDot.Groups(matrix, x, 0, Groups, y);
        }));
        return work * workers.Threads / seconds;
    }

    public void Dispose()
    {
        matrix.Dispose();
        x.Dispose();
    }
}
