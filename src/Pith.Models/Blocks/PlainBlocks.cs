using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Llama;

namespace Pith.Models.Blocks;

/// <summary>Runs tokens through blocks with layer norms and a plain MLP, with the buffers of one run.</summary>
/// <remarks>A token's result does not depend on the tokens computed beside it, nor on the threads. Not thread-safe.</remarks>
internal sealed class PlainBlocks
{
    private readonly ModelConfig config;
    private readonly PlainLayer[] layers;
    private readonly MlpActivation activation;
    private readonly bool normsFirst;
    private readonly Workers workers;
    private readonly SiteProducts products;
    private readonly int stride;

    private float[] normed = [];
    private float[] query = [];
    private float[] key = [];
    private float[] value = [];
    private float[] padded = [];
    private float[] inner = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="config">The model.</param>
    /// <param name="layers">Its blocks.</param>
    /// <param name="plan">Formats of the products.</param>
    /// <param name="activation">Of the MLP.</param>
    /// <param name="normsFirst">Whether norms stand before attention and MLP; otherwise after the residual sums.</param>
    /// <param name="workers">The threads to use.</param>
    public PlainBlocks(ModelConfig config, PlainLayer[] layers, Plan plan, MlpActivation activation, bool normsFirst, Workers workers)
    {
        this.config = config;
        this.layers = layers;
        this.activation = activation;
        this.normsFirst = normsFirst;
        this.workers = workers;
        products = new SiteProducts(config, layers, plan, workers);
        stride = AttentionShape.StrideOf(config.HeadSize);
    }

    /// <summary>Runs tokens through some blocks.</summary>
    /// <param name="from">The first block.</param>
    /// <param name="end">The block after the last.</param>
    /// <param name="residual">[tokens, hidden]; receives the result.</param>
    /// <param name="texts">What the tokens of each text see: one text behind the other, at consecutive positions, which are their rows of the cache.</param>
    /// <param name="cache">Keys and values, with room for the tokens; receives theirs.</param>
    /// <param name="observer">Sees the operands; null for nobody.</param>
    /// <param name="stop">Stops between two products.</param>
    public void Run(
        int from, int end, float[] residual, ReadOnlySpan<AttentionShape> texts, KvCache cache, OperandObserver? observer, CancellationToken stop)
    {
        var first = texts[0].FirstPosition;
        var count = texts[^1].FirstPosition + texts[^1].Tokens - first;
        Reserve(count);
        for (var index = from; index < end; index++)
        {
            var layer = layers[index];
            Enter(layer.AttentionNorm, residual, count);
            products.Multiply(index, [SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV], normed, count, [query, key, value], observer, stop);
            Store(index, first, count, cache, observer);
            foreach (var text in texts)
                Attend(index, text, text.FirstPosition - first, cache);
            products.Multiply(index, [SiteKind.AttnO], query, count, [normed], observer, stop);
            Leave(layer.AttentionNorm, residual, count);

            Enter(layer.MlpNorm, residual, count);
            products.Multiply(index, [SiteKind.MlpFc1], normed, count, [inner], observer, stop);
            Activate(count);
            products.Multiply(index, [SiteKind.MlpFc2], inner, count, [normed], observer, stop);
            Leave(layer.MlpNorm, residual, count);
        }
    }

    /// <summary>Normalises rows [count, hidden].</summary>
    public void Norm(NormWeights norm, ReadOnlyMemory<float> source, int count, float[] destination) =>
        products.EachRow(destination, count, config.HiddenSize, (Norm: norm, Source: source, config.NormEpsilon), static (work, row, t) =>
            LayerNorm.Apply(work.Source.Span.Slice(t * row.Length, row.Length), work.Norm.Gain, work.Norm.Bias, work.NormEpsilon, row.Span));

    private void Enter(NormWeights norm, float[] residual, int count)
    {
        if (normsFirst)
            Norm(norm, residual, count, normed);
        else
            residual.AsSpan(0, count * config.HiddenSize).CopyTo(normed);
    }

    private void Leave(NormWeights norm, float[] residual, int count)
    {
        var sum = residual.AsSpan(0, count * config.HiddenSize);
        Elementwise.Add(sum, normed.AsSpan(0, sum.Length), sum);
        if (!normsFirst)
            Norm(norm, residual, count, residual);
    }

    // Puts what the tokens of one text take from its values into the place of their queries, of which a padded copy is at hand.
    private void Attend(int layer, AttentionShape text, int start, KvCache cache) => Attention.Apply(
        text,
        padded.AsMemory(start * config.Heads * stride),
        cache.Keys(layer),
        cache.Values(layer),
        products.Operands(layer, SiteKind.AttnAv).LeftCodec,
        query.AsMemory(start * config.HiddenSize),
        workers);

    private void Activate(int count) => products.EachRow(inner, count, config.IntermediateSize, activation, static (activation, row, _) =>
        Activate(activation, row.Span));

    /// <summary>Applies the function to one row.</summary>
    public static void Activate(MlpActivation activation, Span<float> row)
    {
        switch (activation)
        {
            case MlpActivation.Relu:
                Relu.Apply(row);
                break;
            case MlpActivation.Gelu:
                Gelu.Apply(row);
                break;
            default:
                GeluTanh.Apply(row);
                break;
        }
    }

    // Puts queries beside each other and keys and values into the cache, all in their formats.
    private void Store(int layer, int first, int count, KvCache cache, OperandObserver? observer)
    {
        var (hidden, size) = (config.HiddenSize, config.HeadSize);
        workers.Run(count, 8L * count * hidden, (Blocks: this, Layer: layer, Cache: cache, First: first), static (work, begin, end) =>
        {
            for (var t = begin; t < end; t++)
                work.Blocks.StoreToken(work.Layer, t, work.Cache, work.First + t);
        });
        var (scores, mixing) = (new Site(layer, SiteKind.AttnQk), new Site(layer, SiteKind.AttnAv));
        observer?.Invoke(scores, isRight: false, query.AsSpan(0, count * hidden), size);
        observer?.Invoke(scores, isRight: true, key.AsSpan(0, count * hidden), size);
        observer?.Invoke(mixing, isRight: true, value.AsSpan(0, count * hidden), size);
    }

    private void StoreToken(int layer, int t, KvCache cache, int slot)
    {
        var size = config.HeadSize;
        var (scores, mixing) = (products.Operands(layer, SiteKind.AttnQk), products.Operands(layer, SiteKind.AttnAv));
        var (keys, values) = (cache.Keys(layer), cache.Values(layer));
        for (var head = 0; head < config.Heads; head++)
        {
            var at = (t * config.HiddenSize) + (head * size);
            OperandRounding.Put(
                scores.LeftCodec, query.AsSpan(at, size), padded.AsSpan(((t * config.Heads) + head) * stride, size), scores.Site);
            OperandRounding.Put(keys.Span[head], slot, key.AsSpan(at, size), scores);
            OperandRounding.Put(values.Span[head], slot, value.AsSpan(at, size), mixing);
        }
    }

    private void Reserve(int count)
    {
        Grow(ref normed, count, config.HiddenSize);
        Grow(ref query, count, config.HiddenSize);
        Grow(ref key, count, config.HiddenSize);
        Grow(ref value, count, config.HiddenSize);
        Grow(ref padded, count, config.Heads * stride);
        Grow(ref inner, count, config.IntermediateSize);
    }

    private static void Grow(ref float[] buffer, int rows, int width)
    {
        var length = checked(rows * width);
        if (buffer.Length < length)
            buffer = new float[length];
    }
}
