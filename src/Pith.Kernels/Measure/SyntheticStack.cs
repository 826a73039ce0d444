using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Measure;

/// <summary>All matrices of a model shape with random codes, and inputs for them.</summary>
internal sealed class SyntheticStack : IDisposable
{
    private readonly Dictionary<int, Input> inputs;
    private readonly float[] output;

    public SyntheticStack(KernelBenchmarkOptions options, int tokens, CancellationToken cancellation)
    {
        var (shape, weights, isInteger) = (options.Shape, options.Weights, options.IsInteger);
        var random = new Random(options.Seed);
        ISyntheticWeight Create(int outputs, int inputs) =>
            isInteger ? new SyntheticRecords(weights, outputs, inputs, random) : new SyntheticCodes(weights, outputs, inputs, random);

        var layers = new List<IReadOnlyList<ISyntheticWeight>>();
        Parts = layers;
        inputs = shape.BlockMatrices.Select(matrix => matrix.Inputs).Distinct().ToDictionary(width => width, width => new Input(options.Activations, width, tokens, isInteger, random));
        output = new float[(long)tokens * Math.Max(shape.Vocabulary, shape.BlockMatrices.Max(matrix => matrix.Outputs))];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers.Add([.. shape.BlockMatrices.Select(matrix => Create(matrix.Outputs, matrix.Inputs))]);
        }

        layers.Add([Create(shape.Vocabulary, shape.Hidden)]);
        Tokens = tokens;
    }

    /// <summary>The transformer blocks in order, then the output matrix.</summary>
    public IReadOnlyList<IReadOnlyList<ISyntheticWeight>> Parts { get; }

    public int Tokens { get; }

    public static long BytesOf(IReadOnlyList<ISyntheticWeight> part) => part.Sum(matrix => matrix.Bytes);

    /// <summary>Multiplies with every matrix of a part, quantizing each distinct input once.</summary>
    public void Run(IReadOnlyList<ISyntheticWeight> part, Workers workers)
    {
        Input? quantized = null;
        foreach (var matrix in part)
        {
            var x = inputs[matrix.Inputs];
            if (x != quantized)
                x.Quantize(workers);
            quantized = x;
            matrix.Multiply(x.Rounded, x.Blocks, Tokens, output, workers);
        }
    }

    /// <summary>Reads every byte of a part and does nothing with it.</summary>
    public static void Read(IReadOnlyList<ISyntheticWeight> part, Workers workers)
    {
        foreach (var matrix in part)
            matrix.Read(workers);
    }

    public void Dispose()
    {
        foreach (var matrix in Parts.SelectMany(part => part))
            matrix.Dispose();
        foreach (var x in inputs.Values)
            x.Dispose();
    }

    /// <summary>Tokens of one width, and what the activations' format makes of them.</summary>
    private sealed class Input : IDisposable
    {
        private readonly float[] numbers;
        private readonly FormatCodec codec;
        private readonly int width;
        private readonly int tokens;

        public Input(NumberFormat format, int width, int tokens, bool isInteger, Random random)
        {
            (this.width, this.tokens, codec) = (width, tokens, FormatCodecs.For(format));
            numbers = [.. Enumerable.Range(0, width * tokens).Select(_ => random.NextSingle() - 0.5f)];
            Rounded = [.. numbers];
            Blocks = isInteger ? ActivationBlocks.TryCreate(format, width) : null;
        }

        public float[] Rounded { get; }

        public ActivationBlocks? Blocks { get; }

        public void Quantize(Workers workers)
        {
            if (Blocks is { } blocks)
            {
                blocks.Fill(numbers, tokens, workers);
                return;
            }

            for (var token = 0; token < tokens && codec.Format != NumberFormat.Float32; token++)
            {
                var row = numbers.AsSpan(token * width, width);
                var parameter = codec.Format.HasTensorParameter ? codec.TensorParameter(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(row)) : 0;
                codec.Round(row, Rounded.AsSpan(token * width, width), parameter);
            }
        }

        public void Dispose() => Blocks?.Dispose();
    }
}
