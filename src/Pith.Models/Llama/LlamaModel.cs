using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>The weights of a model of the Llama family, and the number formats of its matrix products.</summary>
/// <remarks>Weights stored as plain numbers are held as 32-bit floats, packed ones as they are stored. Embedding, output matrix, norms,
/// softmax and residual sums stay in 32-bit floats whatever the plan says. Immutable, hence thread-safe; each text runs in a
/// <see cref="LlamaSession"/> of its own.</remarks>
public sealed class LlamaModel
{
    // What the checkpoint holds, before a plan rounds it: every plan starts from here.
    private readonly LlamaLayer[] stored;

    private LlamaModel(LlamaConfig config, Plan plan, float[] embedding, float[] norm, LinearWeight head, LlamaLayer[] stored, LlamaLayer[] layers)
    {
        Config = config;
        Plan = plan;
        Embedding = embedding;
        Norm = norm;
        Head = head;
        this.stored = stored;
        Layers = layers;
    }

    /// <summary>The model's shape.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The formats of both operands of every matrix product.</summary>
    public Plan Plan { get; }

    /// <summary>Bytes which the weights occupy in memory.</summary>
    public long WeightBytes =>
        (4L * (Embedding.Length + Norm.Length))
        + (Config.IsHeadTied ? 0 : Head.Bytes)
        + Layers.Sum(layer => layer.Weights.Sum(weight => weight.Bytes)
            + (4L * (layer.AttentionNorm.Length + layer.MlpNorm.Length + layer.Biases.Sum(bias => (long)bias.Length))));

    internal float[] Embedding { get; }

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
        var loader = new LlamaLoader(config, source);
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

    /// <summary>This model with other formats, without writing anything: weights are rounded from the stored ones, other operands while the
    /// model runs.</summary>
    /// <param name="plan">Formats of the matrix products; replaces <see cref="Plan"/>.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    /// <exception cref="PithException">A weight is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>).</exception>
    public LlamaModel WithPlan(Plan plan, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        workers ??= Workers.All;
        var layers = new LlamaLayer[stored.Length];
        for (var index = 0; index < layers.Length; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[index] = stored[index] with
            {
                Weights = [.. LlamaLayer.Kinds.Select((kind, i) =>
                    Rounded(new Site(index, kind), stored[index].Weights[i], plan, workers))],
            };
        }

        return new LlamaModel(Config, plan, Embedding, Norm, Head, stored, layers);
    }

    /// <summary>Starts a text.</summary>
    /// <param name="capacity">Most tokens of the text, ≥ 1; the model's context length when null.</param>
    /// <param name="workers">The threads to use; all when null.</param>
    public LlamaSession CreateSession(int? capacity = null, Workers? workers = null) =>
        new(this, capacity ?? Config.ContextLength, workers ?? Workers.All);

    /// <summary>The codec which rounds an operand; null where it stays as it is.</summary>
    internal static FormatCodec? CodecOf(NumberFormat? format) =>
        format is null || format.Family == FormatFamily.Float32 ? null : FormatCodecs.For(format);

    private static LinearWeight Rounded(Site site, LinearWeight weight, Plan plan, Workers workers)
    {
        var (format, activations) = plan[site];
        if (CodecOf(format) is not { } codec || weight.Format == format)
            return weight is PackedWeight packed && ActivationBlocks.Serves(activations) ? InterleavedWeight.TryCreate(packed, workers) ?? weight : weight;

        var values = new float[weight.Outputs * weight.Inputs];
        for (var row = 0; row < weight.Outputs; row++)
            weight.CopyRow(row, values.AsSpan(row * weight.Inputs, weight.Inputs));
        var parameter = codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude<float>(values)));
        workers.Run(weight.Outputs, values.Length * 8L, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var numbers = values.AsSpan(row * weight.Inputs, weight.Inputs);
                try
                {
                    codec.Round(numbers, numbers, parameter);
                }
                catch (NonFiniteException exception)
                {
                    throw new PithException(
                        ModelsErrors.NonFiniteWeight,
                        string.Create(CultureInfo.InvariantCulture, $"{site}: expected finite weights, found {exception.Value} at [{row}, {exception.Index}]"),
                        inner: exception);
                }
            }
        });
        return new DenseWeight(values, weight.Outputs, weight.Inputs);
    }
}
