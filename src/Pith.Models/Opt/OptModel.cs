using System.Collections.Immutable;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Opt;

/// <summary>The weights of an OPT model, and the number formats of its matrix products.</summary>
/// <remarks>Besides what <see cref="CausalModel"/> names, the projections between embedding and stream stay in 32-bit floats.</remarks>
public sealed class OptModel : CausalModel
{
    private readonly PlainLayer[] stored;

    private OptModel(OptConfig config, Plan plan, OptEnds ends, PlainLayer[] stored, PlainLayer[] layers)
        : base(plan)
    {
        Config = config;
        Ends = ends;
        this.stored = stored;
        Layers = layers;
    }

    /// <inheritdoc/>
    public override OptConfig Config { get; }

    /// <inheritdoc/>
    public override long WeightBytes => Ends.Bytes(Config.IsHeadTied) + Layers.Sum(layer => layer.Bytes);

    internal OptEnds Ends { get; }

    internal PlainLayer[] Layers { get; }

    /// <summary>Reads a model; see <see cref="CausalModel.Load"/>.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Its tensors.</param>
    /// <param name="plan">Formats of the matrix products; null for none.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">A tensor is missing, has another shape or holds a number that is not finite.</exception>
    public static OptModel Load(
        OptConfig config, ITensorSource source, Plan? plan = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        var reader = new TensorReader(source, plan, workers ?? Workers.All);
        var embedding = reader.Numbers(OptTensors.Embedding, config.VocabularySize, config.EmbeddingSize);
        var ends = new OptEnds(
            embedding,
            reader.Numbers(OptTensors.Positions, config.ContextLength + OptConfig.PositionOffset, config.HiddenSize),
            config.HasProjections ? reader.Weight(OptTensors.ProjectIn, config.HiddenSize, config.EmbeddingSize) : null,
            config.HasFinalNorm ? NormWeights.Read(reader, OptTensors.FinalNorm, config.HiddenSize, config.HasNormWeights) : null,
            config.HasProjections ? reader.Weight(OptTensors.ProjectOut, config.EmbeddingSize, config.HiddenSize) : null,
            config.IsHeadTied
                ? new DenseWeight(embedding, config.VocabularySize, config.EmbeddingSize)
                : reader.Weight(OptTensors.Head, config.VocabularySize, config.EmbeddingSize));
        var layers = new PlainLayer[config.Layers];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[layer] = PlainLayer.Read(
                reader, config, layer, OptTensors.AttentionNorm(layer), OptTensors.MlpNorm(layer), config.HasBias, config.HasNormWeights);
        }

        var model = new OptModel(config, Plan.Empty, ends, layers, layers);
        return plan is null ? model : model.WithPlan(plan, workers, cancellation);
    }

    /// <inheritdoc/>
    public override OptModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Rebuild(plan, ImmutableDictionary<Site, LinearWeight>.Empty, workers ?? Workers.All, cancellation);
    }

    /// <inheritdoc/>
    public override OptSession CreateSession(int? capacity = null, Workers? workers = null)
    {
        var tokens = capacity ?? Config.ContextLength;
        if (tokens > Config.ContextLength)
            throw new PithException(ModelsErrors.NoPositions, $"expected a text of at most {Config.ContextLength} tokens, found one of {tokens}");
        return new OptSession(this, tokens, workers ?? Workers.All);
    }

    private protected override OptModel Rebuild(
        Plan plan, IReadOnlyDictionary<Site, LinearWeight> weights, Workers workers, CancellationToken cancellation) =>
        new(Config, plan, Ends, stored, BlockLayer.WithPlan(stored, plan, weights, workers, cancellation));

    private protected override BlockLayer Block(int layer) => Layers[layer];
}
