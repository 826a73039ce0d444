using System.Collections.Immutable;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>The weights of a model of the Llama family, and the number formats of its matrix products.</summary>
/// <remarks>Weights stored as bfloat16 or packed are held as they are stored, other plain numbers as 32-bit floats. Embedding, output matrix,
/// norms, softmax and residual sums are never rounded, whatever the plan says. Immutable, hence thread-safe; each text runs in a
/// <see cref="LlamaSession"/> of its own.</remarks>
public sealed class LlamaModel : CausalModel
{
    // What the checkpoint holds, before a plan rounds it: every plan starts from here. A weight which the first plan multiplies in integers
    // as it is stored is here in that layout, with the same numbers.
    private readonly LlamaLayer[] stored;

    private LlamaModel(LlamaConfig config, Plan plan, LinearWeight embedding, float[] norm, LinearWeight head, LlamaLayer[] stored, LlamaLayer[] layers)
        : base(plan)
    {
        Config = config;
        Embedding = embedding;
        Norm = norm;
        Head = head;
        this.stored = stored;
        Layers = layers;
    }

    /// <inheritdoc/>
    public override LlamaConfig Config { get; }

    /// <inheritdoc/>
    public override long WeightBytes =>
        Embedding.Bytes
        + (4L * Norm.Length)
        + (Config.IsHeadTied ? 0 : Head.Bytes)
        + Layers.Sum(layer => layer.LinearBytes + (4L * (layer.AttentionNorm.Length + layer.MlpNorm.Length)));

    internal LinearWeight Embedding { get; }

    internal float[] Norm { get; }

    internal LinearWeight Head { get; }

    internal LlamaLayer[] Layers { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Its tensors, under the names of the Hugging Face hub. Not needed afterwards.</param>
    /// <param name="plan">Formats of the matrix products; null for none. A weight which is stored packed in the plan's format is taken as
    /// it is; any other is rounded to the plan's format.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">A tensor is missing (<see cref="ModelsErrors.MissingTensor"/>), has another shape
    /// (<see cref="ModelsErrors.WrongShape"/>) or holds a number that is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>).</exception>
    public static LlamaModel Load(
        LlamaConfig config, ITensorSource source, Plan? plan = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        var loader = new LlamaLoader(config, source, plan, workers ?? Workers.All);
        var embedding = loader.Embedding();
        var norm = loader.Norm();
        var head = loader.Head(embedding);
        var layers = new LlamaLayer[config.Layers];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[layer] = loader.Layer(layer);
        }

        var model = new LlamaModel(config, Plan.Empty, embedding, norm, head, layers, layers);
        return plan is null ? model : model.WithPlan(plan, workers, cancellation);
    }

    /// <inheritdoc/>
    public override LlamaModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Rebuild(plan, ImmutableDictionary<Site, LinearWeight>.Empty, workers ?? Workers.All, cancellation);
    }

    /// <inheritdoc/>
    public override LlamaSession CreateSession(int? capacity = null, Workers? workers = null) =>
        new(this, capacity ?? Config.ContextLength, workers ?? Workers.All);

    private protected override LlamaModel Rebuild(
        Plan plan, IReadOnlyDictionary<Site, LinearWeight> weights, Workers workers, CancellationToken cancellation) =>
        new(Config, plan, Embedding, Norm, Head, stored, BlockLayer.WithPlan(stored, plan, weights, workers, cancellation));

    private protected override BlockLayer Block(int layer) => Layers[layer];
}
