using Pith.Core.Sites;
using Pith.Models.Checkpoints;

namespace Pith.Models;

/// <summary>The shape of a transformer, whatever its family: what evaluation, quantization and files need to know of it.</summary>
/// <remarks>Names follow the Hugging Face configuration. Immutable, hence thread-safe.</remarks>
public abstract record ModelConfig
{
    /// <summary>The Hugging Face <c>model_type</c>: llama, mistral, qwen2, opt, bert, roberta, …</summary>
    public required string ModelType { get; init; }

    /// <summary>Width d of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of transformer blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>. Query head i reads kv head i / (Heads / KvHeads).</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest text in tokens for which the model was made.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Added to the mean square, or the variance, before the root.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether the output matrix is the embedding matrix.</summary>
    public bool IsHeadTied { get; init; }

    /// <summary>Id of the beginning-of-text token, if the configuration names one.</summary>
    public int? BosId { get; init; }

    /// <summary>Ids which end a text.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>The matrix products of every block, in the order of computation.</summary>
    public abstract IReadOnlyList<SiteShape> Sites { get; }

    /// <summary>Every tensor the model needs with its hub name and shape, in the order of computation.</summary>
    public abstract IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Tensors { get; }

    /// <summary>The hub name of a site's weight.</summary>
    /// <exception cref="ArgumentException">The site has no weight or is not of this family.</exception>
    public abstract string WeightNameOf(Site site);

    /// <summary>The <c>config.json</c> of the model, with the keys of the hub.</summary>
    /// <param name="type">The type stock loaders should load the weights as: F32, BF16 or F16.</param>
    /// <param name="isPacked">Whether weights are packed as in our container: then stock loaders are told so, and refuse.</param>
    public abstract string ToJson(TensorType type, bool isPacked = false);

    /// <summary>The hub name of a tensor which some checkpoints store under another one; the name itself otherwise.</summary>
    internal virtual string HubName(string stored) => stored;

    /// <summary>This shape with what only the checkpoint can tell.</summary>
    /// <param name="tensors">The checkpoint's tensors, by hub name.</param>
    internal virtual ModelConfig FittedTo(IReadOnlyDictionary<string, TensorEntry> tensors) => this;
}
