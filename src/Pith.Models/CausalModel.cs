using Pith.Core.Diagnostics;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;
using Pith.Models.Opt;

namespace Pith.Models;

/// <summary>A model that predicts each token of a text from those before it: its weights, and the number formats of its matrix products.</summary>
/// <remarks>Embedding, output matrix, norms, biases, softmax and residual sums stay in 32-bit floats whatever the plan says. Immutable,
/// hence thread-safe; each text runs in a <see cref="CausalSession"/> of its own.</remarks>
public abstract class CausalModel
{
    private protected CausalModel(Plan plan) => Plan = plan;

    /// <summary>The model's shape.</summary>
    public abstract ModelConfig Config { get; }

    /// <summary>The formats of both operands of every matrix product.</summary>
    public Plan Plan { get; }

    /// <summary>Bytes which the weights occupy in memory.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>Reads a model of any family.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Its tensors, under the names of the Hugging Face hub. Not needed afterwards.</param>
    /// <param name="plan">Formats of the matrix products; null for none. A weight which is stored packed in the plan's format is taken as
    /// it is; any other is rounded to the plan's format.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="PithException">The model does not predict tokens (<see cref="ModelsErrors.NotCausal"/>); a tensor is missing
    /// (<see cref="ModelsErrors.MissingTensor"/>), has another shape (<see cref="ModelsErrors.WrongShape"/>) or holds a number that is not
    /// finite (<see cref="ModelsErrors.NonFiniteWeight"/>).</exception>
    public static CausalModel Load(
        ModelConfig config, ITensorSource source, Plan? plan = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config switch
        {
            LlamaConfig llama => LlamaModel.Load(llama, source, plan, workers, cancellation),
            OptConfig opt => OptModel.Load(opt, source, plan, workers, cancellation),
            _ => throw new PithException(ModelsErrors.NotCausal, $"expected a model that predicts the next token, found one of type {config.ModelType}"),
        };
    }

    /// <summary>This model with other formats, without writing anything: weights are rounded from the stored ones, other operands while the
    /// model runs.</summary>
    /// <param name="plan">Formats of the matrix products; replaces <see cref="Plan"/>.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    /// <exception cref="PithException">A weight is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>), or the plan asks for a low-rank
    /// correction which the checkpoint does not have (<see cref="ModelsErrors.NoLowRank"/>).</exception>
    public abstract CausalModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default);

    /// <summary>This model with given weights at some sites: for weights that are made in memory, quantized or corrected, and tried at once.</summary>
    /// <param name="plan">Formats of the matrix products; replaces <see cref="Plan"/>. At the given sites only its activations count.</param>
    /// <param name="weights">Used as they are, each in the shape of its site; all other weights are rounded from the stored ones.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    /// <exception cref="ArgumentException">A site has no weight in this model, or a given one has another shape.</exception>
    /// <exception cref="PithException">A weight is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>), or the plan asks for a low-rank
    /// correction which neither the checkpoint nor <paramref name="weights"/> have (<see cref="ModelsErrors.NoLowRank"/>).</exception>
    public CausalModel WithWeights(
        Plan plan, IReadOnlyDictionary<Site, LinearWeight> weights, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(weights);
        var shapes = Config.Sites.Where(shape => shape.Site.HasWeight).ToDictionary(shape => shape.Site);
        foreach (var (site, weight) in weights)
        {
            if (!shapes.TryGetValue(site, out var shape))
                throw new ArgumentException($"{site} has no weight in this model", nameof(weights));
            if (weight.Outputs != shape.Outputs || weight.Inputs != shape.Inputs)
                throw new ArgumentException($"{site}: expected a weight [{shape.Outputs}, {shape.Inputs}], found [{weight.Outputs}, {weight.Inputs}]", nameof(weights));
        }

        return Rebuild(plan, weights, workers ?? Workers.All, cancellation);
    }

    /// <summary>The weight of a site, as the plan has made it.</summary>
    /// <exception cref="ArgumentException">The site has no weight in this model.</exception>
    public LinearWeight WeightOf(Site site)
    {
        var block = site.Layer < Config.Layers ? Block(site.Layer) : null;
        var index = block?.IndexOf(site.Kind) ?? -1;
        return index >= 0 ? block!.Weights[index] : throw new ArgumentException($"{site} has no weight in this model", nameof(site));
    }

    /// <summary>Starts a text.</summary>
    /// <param name="capacity">Most tokens of the text, ≥ 1; the model's context length when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <exception cref="PithException">The model has no positions for so many tokens (<see cref="ModelsErrors.NoPositions"/>).</exception>
    public abstract CausalSession CreateSession(int? capacity = null, Workers? workers = null);

    /// <summary>This model in a plan's formats, with some weights given.</summary>
    private protected abstract CausalModel Rebuild(
        Plan plan, IReadOnlyDictionary<Site, LinearWeight> weights, Workers workers, CancellationToken cancellation);

    /// <summary>One block of the model, as its plan has made it.</summary>
    private protected abstract BlockLayer Block(int layer);

    /// <summary>Whether another variant of the same checkpoint computes the same in a block: the same weights and the same decisions.</summary>
    internal bool SharesBlock(CausalModel other, int layer)
    {
        var (own, its) = (Block(layer), other.Block(layer));
        return own.Weights.AsSpan().SequenceEqual(its.Weights)
            && Config.Sites.Where(shape => shape.Site.Layer == layer).All(shape => Plan[shape.Site] == other.Plan[shape.Site]);
    }
}
