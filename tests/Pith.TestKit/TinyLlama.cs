using Pith.Core.Sites;
using Pith.Models.Llama;

namespace Pith.TestKit;

/// <summary>Small models of the Llama family with seeded random weights.</summary>
public static class TinyLlama
{
    /// <summary>A shape with odd sizes: grouped heads, a width that is no multiple of any block.</summary>
    public static LlamaConfig Config { get; } = new()
    {
        ModelType = "llama",
        HiddenSize = 36,
        IntermediateSize = 50,
        Layers = 2,
        Heads = 6,
        KvHeads = 3,
        HeadSize = 6,
        VocabularySize = 61,
        ContextLength = 64,
        BosId = 1,
        EosIds = [2],
    };

    /// <summary>Random weights for a shape, every tensor which it asks for.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">Seed of the weights.</param>
    public static MemoryTensorSource Weights(LlamaConfig config, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(seed);
        var source = new MemoryTensorSource();
        Matrix("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize, 1);
        Vector("model.norm.weight", config.HiddenSize, 1, 0.2f);
        if (!config.IsHeadTied)
            Matrix("lm_head.weight", config.VocabularySize, config.HiddenSize, 1);
        for (var layer = 0; layer < config.Layers && !config.IsBitLinear; layer++)
        {
            Vector($"model.layers.{layer}.input_layernorm.weight", config.HiddenSize, 1, 0.2f);
            Vector($"model.layers.{layer}.post_attention_layernorm.weight", config.HiddenSize, 1, 0.2f);
        }

        foreach (var (site, outputs, inputs) in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            var name = LlamaConfig.WeightName(site);
            Matrix(name, outputs, inputs, 1);
            var hasBias = site.Kind switch
            {
                SiteKind.AttnQ or SiteKind.AttnK or SiteKind.AttnV => config.HasQkvBias,
                SiteKind.AttnO => config.HasOutputBias,
                _ => config.HasMlpBias,
            };
            if (hasBias)
                Vector(name.Replace(".weight", ".bias", StringComparison.Ordinal), outputs, 0, 0.5f);
        }

        return source;

        void Matrix(string name, int rows, int columns, float spread) =>
            source.Add(name, Normal(rows * columns, 0, spread / MathF.Sqrt(columns)), rows, columns);

        void Vector(string name, int length, float mean, float spread) => source.Add(name, Normal(length, mean, spread), length);

        float[] Normal(int count, float mean, float spread)
        {
            var values = new float[count];
            for (var i = 0; i < count; i++)
            {
                // Box and Muller's transform.
                var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                values[i] = mean + (spread * (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())));
            }

            return values;
        }
    }

    /// <summary>A model with random weights.</summary>
    public static LlamaModel Model(LlamaConfig? config = null, int seed = 1)
    {
        config ??= Config;
        using var source = Weights(config, seed);
        return LlamaModel.Load(config, source);
    }

    /// <summary>Random token ids.</summary>
    public static int[] Tokens(LlamaConfig config, int count, int seed = 2)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }
}
