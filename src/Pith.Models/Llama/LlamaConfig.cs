using Pith.Core.Sites;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>The shape of a model of the Llama family: RMSNorm, rotary positions, SwiGLU, grouped key and value heads.</summary>
/// <remarks>Llama, Mistral and Qwen2 belong to it. Names follow the Hugging Face configuration. Immutable, hence thread-safe.</remarks>
public sealed record LlamaConfig : ModelConfig
{
    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>How rotary frequencies are scaled.</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Whether the q, k and v projections have a bias (Qwen2).</summary>
    public bool HasQkvBias { get; init; }

    /// <summary>Whether the output projection of attention has a bias.</summary>
    public bool HasOutputBias { get; init; }

    /// <summary>Whether the MLP's projections have biases.</summary>
    public bool HasMlpBias { get; init; }

    /// <summary>Mistral: tokens which attention can look back, itself included; null for all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Each linear layer normalises its input row by its RMS-like norm and rounds it to int8 by its largest
    /// magnitude, and blocks have no norm gains (the ternary bitllama2.c checkpoints).</summary>
    public bool IsBitLinear { get; init; }

    /// <summary>Width of all query heads together.</summary>
    public int QuerySize => Heads * HeadSize;

    /// <summary>Width of all key (or value) heads together.</summary>
    public int KvSize => KvHeads * HeadSize;

    /// <inheritdoc/>
    public override IReadOnlyList<SiteShape> Sites => Enumerable.Range(0, Layers).SelectMany(layer => new SiteShape[]
    {
        new(new Site(layer, SiteKind.AttnQ), QuerySize, HiddenSize),
        new(new Site(layer, SiteKind.AttnK), KvSize, HiddenSize),
        new(new Site(layer, SiteKind.AttnV), KvSize, HiddenSize),
        new(new Site(layer, SiteKind.AttnQk), 1, KvSize),
        new(new Site(layer, SiteKind.AttnAv), 1, KvSize),
        new(new Site(layer, SiteKind.AttnO), HiddenSize, QuerySize),
        new(new Site(layer, SiteKind.MlpGate), IntermediateSize, HiddenSize),
        new(new Site(layer, SiteKind.MlpUp), IntermediateSize, HiddenSize),
        new(new Site(layer, SiteKind.MlpDown), HiddenSize, IntermediateSize),
    }).ToList();

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Tensors => LlamaTensors.Expected(this);

    /// <inheritdoc/>
    public override string WeightNameOf(Site site) => WeightName(site);

    /// <inheritdoc/>
    public override string ToJson(TensorType type, bool isPacked = false) => LlamaConfigJson.Write(this, type, isPacked);

    /// <summary>The hub name of a site's weight.</summary>
    /// <exception cref="ArgumentException">The site has no weight or is not of this family.</exception>
    public static string WeightName(Site site) => $"model.layers.{site.Layer}." + (site.Kind switch
    {
        SiteKind.AttnQ => "self_attn.q_proj.weight",
        SiteKind.AttnK => "self_attn.k_proj.weight",
        SiteKind.AttnV => "self_attn.v_proj.weight",
        SiteKind.AttnO => "self_attn.o_proj.weight",
        SiteKind.MlpGate => "mlp.gate_proj.weight",
        SiteKind.MlpUp => "mlp.up_proj.weight",
        SiteKind.MlpDown => "mlp.down_proj.weight",
        _ => throw new ArgumentException($"{site} has no weight in this family", nameof(site)),
    });
}
