using Pith.Core.Sites;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Opt;

/// <summary>The shape of an OPT model: learned positions, layer norms, ReLU, biases.</summary>
/// <remarks>Source: Zhang et al. 2022 (arXiv 2205.01068) and the configuration class of github huggingface/transformers. Immutable.</remarks>
public sealed record OptConfig : ModelConfig
{
    /// <summary>The row of the table of positions which the first token takes: the rows before it belong to padding.</summary>
    public const int PositionOffset = 2;

    /// <summary>Width of the embedding (<c>word_embed_proj_dim</c>); where it is not <see cref="ModelConfig.HiddenSize"/>, a matrix leads in and one out.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>Whether norms stand before attention and MLP, and one after the last block; otherwise after the residual sums (the 350M model).</summary>
    public bool NormsFirst { get; init; } = true;

    /// <summary>Whether a norm stands after the last block.</summary>
    public bool HasFinalNorm { get; init; } = true;

    /// <summary>Whether the linear layers of the blocks have biases.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>Whether norms have gains and biases.</summary>
    public bool HasNormWeights { get; init; } = true;

    /// <summary>Whether matrices lead from the embedding's width to the stream's and back.</summary>
    public bool HasProjections => EmbeddingSize != HiddenSize;

    /// <inheritdoc/>
    public override IReadOnlyList<SiteShape> Sites => PlainLayer.Sites(this);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Tensors => OptTensors.Expected(this);

    /// <inheritdoc/>
    public override string WeightNameOf(Site site) => OptTensors.WeightName(site);

    /// <inheritdoc/>
    public override string ToJson(TensorType type, bool isPacked = false) => OptConfigJson.Write(this, type, isPacked);

    // Checkpoints of the bare decoder lack the first part.
    internal override string HubName(string stored) => stored.StartsWith("decoder.", StringComparison.Ordinal) ? "model." + stored : stored;
}
