using Pith.Core.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>All matrices of a model shape with random codes, and inputs for them.</summary>
internal sealed class SyntheticStack : IDisposable
{
    private readonly Dictionary<int, ActivationBlocks> blocks;
    private readonly Dictionary<int, float[]> inputs;
    private readonly float[] output;

    public SyntheticStack(ModelShape shape, NumberFormat weights, NumberFormat activations, int tokens, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var layers = new List<IReadOnlyList<InterleavedMatrix>>();
        Parts = layers;
        var widths = shape.BlockMatrices.Select(matrix => matrix.Inputs).Distinct().ToList();
        inputs = widths.ToDictionary(width => width, width => Enumerable.Range(0, width * tokens).Select(_ => random.NextSingle() - 0.5f).ToArray());
        blocks = widths.ToDictionary(width => width, width => ActivationBlocks.TryCreate(activations, width)!);
        output = new float[(long)tokens * Math.Max(shape.Vocabulary, shape.BlockMatrices.Max(matrix => matrix.Outputs))];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers.Add([.. shape.BlockMatrices.Select(matrix => InterleavedMatrix.Random(weights, matrix.Outputs, matrix.Inputs, random))]);
        }

        layers.Add([InterleavedMatrix.Random(weights, shape.Vocabulary, shape.Hidden, random)]);
        Tokens = tokens;
    }

    /// <summary>The transformer blocks in order, then the output matrix.</summary>
    public IReadOnlyList<IReadOnlyList<InterleavedMatrix>> Parts { get; }

    public int Tokens { get; }

    public static long BytesOf(IReadOnlyList<InterleavedMatrix> part) => part.Sum(matrix => matrix.Bytes);

    /// <summary>Multiplies with every matrix of a part, quantizing each distinct input once.</summary>
    public void Run(IReadOnlyList<InterleavedMatrix> part, Workers workers)
    {
        ActivationBlocks? filled = null;
        foreach (var matrix in part)
        {
            var x = blocks[matrix.Columns];
            if (x != filled)
                x.Fill(inputs[matrix.Columns], Tokens, workers);
            filled = x;
            x.Prepare(matrix);
            workers.Run(matrix.Groups, (long)matrix.Rows * matrix.Columns * Tokens, (first, end) => PackedDot.Groups(matrix, x, first, end, output));
        }
    }

    /// <summary>Reads every byte of a part and does nothing with it.</summary>
    public static unsafe void Read(IReadOnlyList<InterleavedMatrix> part, Workers workers)
    {
        foreach (var matrix in part)
        {
            workers.Run(matrix.Groups, matrix.Bytes, (first, end) =>
            {
                var start = matrix.Group(first);
                ReadProbe.Read(start, (matrix.Group(end) - start) / 256 * 256);
            });
        }
    }

    public void Dispose()
    {
        foreach (var matrix in Parts.SelectMany(part => part))
            matrix.Dispose();
        foreach (var x in blocks.Values)
            x.Dispose();
    }
}
