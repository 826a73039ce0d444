using Pith.Models;
using Pith.Models.Opt;

namespace Pith.TestKit;

/// <summary>Small OPT models with seeded random weights.</summary>
public static class TinyOpt
{
    /// <summary>A shape with odd sizes.</summary>
    public static OptConfig Config { get; } = new()
    {
        ModelType = "opt",
        HiddenSize = 36,
        EmbeddingSize = 36,
        IntermediateSize = 50,
        Layers = 2,
        Heads = 6,
        KvHeads = 6,
        HeadSize = 6,
        VocabularySize = 61,
        ContextLength = 64,
        IsHeadTied = true,
        BosId = 2,
        EosIds = [2],
    };

    /// <summary>Random weights for a shape of any family, every tensor which it asks for.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">Seed of the weights.</param>
    public static MemoryTensorSource Weights(ModelConfig config, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(seed);
        var source = new MemoryTensorSource();
        foreach (var (name, shape) in config.Tensors)
        {
            var isMatrix = shape.Count > 1;
            var isGain = !isMatrix && name.EndsWith(".weight", StringComparison.Ordinal);
            var spread = isMatrix ? 1 / MathF.Sqrt(shape[^1]) : 0.3f;
            var values = new float[shape.Aggregate(1L, (product, length) => product * length)];
            for (var i = 0; i < values.Length; i++)
            {
                // Box and Muller's transform.
                var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                values[i] = (isGain ? 1 : 0) + (spread * (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())));
            }

            source.Add(name, values, [.. shape]);
        }

        return source;
    }

    /// <summary>Random token ids.</summary>
    public static int[] Tokens(ModelConfig config, int count, int seed = 2)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }
}
