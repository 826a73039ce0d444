using Pith.Core.Sites;

namespace Pith.Models.Llama;

/// <summary>The shape of a model of the Llama family: RMSNorm, rotary positions, SwiGLU, grouped key and value heads.</summary>
/// <remarks>Llama, Mistral and Qwen2 belong to it. Names follow the Hugging Face configuration. Immutable, hence thread-safe.</remarks>
public sealed record LlamaConfig
{
    /// <summary>The Hugging Face <c>model_type</c>: llama, mistral, qwen2.</summary>
    public required string ModelType { get; init; }

    /// <summary>Width d of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the MLP between up and down.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of transformer blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>. Query head i reads kv head i / (Heads / KvHeads).</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of one head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest text in tokens for which the model was made.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Added to the mean square before the root.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>How rotary frequencies are scaled.</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Whether the output matrix is the embedding matrix.</summary>
    public bool IsHeadTied { get; init; }

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

    /// <summary>Id of the beginning-of-text token, if the configuration names one.</summary>
    public int? BosId { get; init; }

    /// <summary>Ids which end a text.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>Width of all query heads together.</summary>
    public int QuerySize => Heads * HeadSize;

    /// <summary>Width of all key (or value) heads together.</summary>
    public int KvSize => KvHeads * HeadSize;

    /// <summary>The matrix products of every block, in the order of computation.</summary>
    public IReadOnlyList<SiteShape> Sites => Enumerable.Range(0, Layers).SelectMany(layer => new SiteShape[]
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
