using System.Collections.Immutable;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Bert;

/// <summary>The weights of an encoder of the BERT family, and the number formats of its matrix products.</summary>
/// <remarks>Embeddings, norms, biases, softmax, residual sums, pooler and head stay in 32-bit floats whatever the plan says. Immutable, hence
/// thread-safe; texts run in an <see cref="EncoderSession"/>.</remarks>
public sealed class EncoderModel
{
    // What the checkpoint holds, before a plan rounds it: every plan starts from here.
    private readonly PlainLayer[] stored;

    private EncoderModel(BertConfig config, Plan plan, EncoderEnds ends, PlainLayer[] stored, PlainLayer[] layers)
    {
        Config = config;
        Plan = plan;
        Ends = ends;
        this.stored = stored;
        Layers = layers;
    }

    /// <summary>The model's shape.</summary>
    public BertConfig Config { get; }

    /// <summary>The formats of both operands of every matrix product.</summary>
    public Plan Plan { get; }

    /// <summary>Bytes which the weights occupy in memory.</summary>
    public long WeightBytes => Ends.Bytes(Config.IsHeadTied) + Layers.Sum(layer => layer.Bytes);

    internal EncoderEnds Ends { get; }

    internal PlainLayer[] Layers { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Its tensors, under the names of the Hugging Face hub. Not needed afterwards.</param>
    /// <param name="plan">Formats of the matrix products; null for none. A weight which is stored packed in the plan's format is taken as
    /// it is; any other is rounded to the plan's format.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">The model is no encoder (<see cref="ModelsErrors.NotAnEncoder"/>); a tensor is missing
    /// (<see cref="ModelsErrors.MissingTensor"/>), has another shape (<see cref="ModelsErrors.WrongShape"/>) or holds a number that is not
    /// finite (<see cref="ModelsErrors.NonFiniteWeight"/>).</exception>
    public static EncoderModel Load(
        ModelConfig config, ITensorSource source, Plan? plan = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        if (config is not BertConfig bert)
            throw new PithException(ModelsErrors.NotAnEncoder, $"expected an encoder, found a model of type {config.ModelType}");
        var reader = new TensorReader(source, plan, workers ?? Workers.All);
        var ends = EncoderEnds.Read(reader, bert);
        var names = bert.Family.Names;
        var layers = new PlainLayer[bert.Layers];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[layer] = PlainLayer.Read(
                reader, bert, layer, BertTensors.Layer(bert, layer, names.AttentionNorm), BertTensors.Layer(bert, layer, names.MlpNorm));
        }

        var model = new EncoderModel(bert, Plan.Empty, ends, layers, layers);
        return plan is null ? model : model.WithPlan(plan, workers, cancellation);
    }

    /// <summary>This model with other formats, without writing anything: weights are rounded from the stored ones, other operands while the
    /// model runs.</summary>
    /// <param name="plan">Formats of the matrix products; replaces <see cref="Plan"/>.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    /// <exception cref="PithException">A weight is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>), or the plan asks for a low-rank
    /// correction which the checkpoint does not have (<see cref="ModelsErrors.NoLowRank"/>).</exception>
    public EncoderModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new EncoderModel(
            Config,
            plan,
            Ends,
            stored,
            BlockLayer.WithPlan(stored, plan, ImmutableDictionary<Site, LinearWeight>.Empty, workers ?? Workers.All, cancellation));
    }

    /// <summary>Starts a session.</summary>
    /// <param name="workers">The threads to use; all when null.</param>
    public EncoderSession CreateSession(Workers? workers = null) => new(this, workers ?? Workers.All);
}
