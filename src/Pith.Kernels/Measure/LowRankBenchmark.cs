using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>Measures what a low-rank correction costs: transformer blocks with and without it, in turns, in one run.</summary>
/// <remarks>A few blocks with weights of their own, together larger than the caches; the weights are synthetic.</remarks>
public static class LowRankBenchmark
{
    private const int Layers = 6;

    // Which of a block's matrices read one input: q, k, v; o; gate, up; down.
    private static readonly int[] InputOf = [0, 0, 0, 1, 2, 2, 3];

    /// <summary>Measures.</summary>
    /// <param name="options">Shape, formats, threads and time.</param>
    /// <param name="rank">Rank of the correction, ≥ 1.</param>
    /// <param name="tokens">Tokens at a time: 1 for decoding.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="ArgumentException">A format has no integer kernel.</exception>
    public static LowRankBenchmarkResult Measure(
        KernelBenchmarkOptions options, int rank, int tokens, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        var workers = new Workers(options.Threads);
        var random = new Random(options.Seed);
        var layers = new List<LowRankWeight[]>();
        for (var layer = 0; layer < Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers.Add([.. options.Shape.BlockMatrices.Select(matrix => Create(options.Weights, matrix.Outputs, matrix.Inputs, rank, random))]);
        }

        using var run = new Run(options, layers[0], tokens, workers);
        List<double> plain = [], corrected = [], ratios = [];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var round = 0; round < 3 || clock.Elapsed.TotalSeconds < options.Seconds; round++)
        {
            for (var layer = 0; layer < Layers; layer++)
            {
                cancellation.ThrowIfCancellationRequested();
                var other = (layer + (Layers / 2)) % Layers;
                var (without, with) = (0.0, 0.0);
                if (round % 2 == 0)
                    without = KernelBenchmark.Time(() => run.Multiply(layers[layer], isCorrected: false));
                with = KernelBenchmark.Time(() => run.Multiply(layers[other], isCorrected: true));
                if (round % 2 != 0)
                    without = KernelBenchmark.Time(() => run.Multiply(layers[layer], isCorrected: false));
                if (round == 0)
                    continue;
                plain.Add(without);
                corrected.Add(with);
                ratios.Add(without / with);
            }

            progress?.Report(Math.Min(1, clock.Elapsed.TotalSeconds / options.Seconds));
        }

        return new LowRankBenchmarkResult(options.Threads, rank, Median(plain), Median(corrected), Median(ratios));
    }

    private static LowRankWeight Create(NumberFormat format, int outputs, int inputs, int rank, Random random)
    {
        var factors = NumberFormat.Parse("mxint8:16");
        var weight = InterleavedWeight.TryCreate(Pack(format, outputs, inputs, random))
            ?? throw new ArgumentException($"{format} has no integer kernel", nameof(format));
        return new LowRankWeight(weight, InterleavedWeight.TryCreate(Pack(factors, rank, inputs, random))!, Pack(factors, outputs, rank, random));
    }

    private static PackedWeight Pack(NumberFormat format, int rows, int columns, Random random)
    {
        var values = new float[rows * columns];
        foreach (ref var value in values.AsSpan())
            value = random.NextSingle() - 0.5f;
        return new PackedWeight(PackedMatrix.Pack(format, values, columns));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Inputs and outputs of one block's products.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Dictionary<int, (float[] Values, ActivationBlocks Blocks)> inputs;
        private readonly float[] output;
        private readonly int tokens;
        private readonly Workers workers;

        public Run(KernelBenchmarkOptions options, LowRankWeight[] layer, int tokens, Workers workers)
        {
            (this.tokens, this.workers) = (tokens, workers);
            var random = new Random(options.Seed);
            inputs = layer.Select(weight => weight.Inputs).Distinct().ToDictionary(width => width, width => (
                Enumerable.Range(0, width * tokens).Select(_ => random.NextSingle() - 0.5f).ToArray(),
                ActivationBlocks.TryCreate(options.Activations, width) ?? throw new ArgumentException($"{options.Activations} has no integer kernel", nameof(options))));
            output = new float[tokens * layer.Max(weight => weight.Outputs)];
        }

        public void Multiply(LowRankWeight[] layer, bool isCorrected)
        {
            for (var i = 0; i < layer.Length; i++)
            {
                var (values, blocks) = inputs[layer[i].Inputs];
                if (i == 0 || InputOf[i] != InputOf[i - 1])
                    blocks.Fill(values, tokens, workers);
                if (isCorrected)
                    layer[i].Multiply(blocks, output, workers);
                else
                    ((InterleavedWeight)layer[i].Weight).Multiply(blocks, output, workers);
            }
        }

        public void Dispose()
        {
            foreach (var (_, blocks) in inputs.Values)
                blocks.Dispose();
        }
    }
}
