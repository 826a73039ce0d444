using System.Globalization;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>Reads the tensors of a Llama model, checking each against the configuration.</summary>
internal sealed class LlamaLoader(LlamaConfig config, ITensorSource source, Plan? plan, Workers workers)
{
    public const string EmbeddingName = "model.embed_tokens.weight";
    public const string NormName = "model.norm.weight";
    public const string HeadName = "lm_head.weight";

    private readonly TensorReader reader = new(source, plan, workers);

    public LinearWeight Embedding() => reader.Plain(EmbeddingName, config.VocabularySize, config.HiddenSize);

    public float[] Norm() => reader.Numbers(NormName, config.HiddenSize);

    public LinearWeight Head(LinearWeight embedding) => config.IsHeadTied
        ? embedding
        : reader.Weight(HeadName, config.VocabularySize, config.HiddenSize);

    public LlamaLayer Layer(int layer)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
        var shapes = config.Sites.Where(shape => shape.Site.Layer == layer).ToDictionary(shape => shape.Site.Kind);
        return new LlamaLayer
        {
            AttentionNorm = config.IsBitLinear ? [] : reader.Numbers(prefix + "input_layernorm.weight", config.HiddenSize),
            MlpNorm = config.IsBitLinear ? [] : reader.Numbers(prefix + "post_attention_layernorm.weight", config.HiddenSize),
            Weights = [.. LlamaLayer.Kinds.Select(kind => reader.Weight(
                LlamaConfig.WeightName(new Site(layer, kind)), shapes[kind].Outputs, shapes[kind].Inputs, new Site(layer, kind)))],
            Biases = [.. LlamaLayer.Kinds.Select(kind => HasBias(kind)
                ? reader.Numbers(BiasName(LlamaConfig.WeightName(new Site(layer, kind))), shapes[kind].Outputs)
                : [])],
        };
    }

    private static string BiasName(string weightName) => weightName[..^"weight".Length] + "bias";

    private bool HasBias(SiteKind kind) => kind switch
    {
        SiteKind.AttnQ or SiteKind.AttnK or SiteKind.AttnV => config.HasQkvBias,
        SiteKind.AttnO => config.HasOutputBias,
        _ => config.HasMlpBias,
    };
}
