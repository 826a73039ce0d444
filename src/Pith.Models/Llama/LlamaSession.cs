using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Blocks;

namespace Pith.Models.Llama;

/// <summary>One text running through a model: its cached keys and values, and the logits after its tokens.</summary>
/// <remarks>A token's logits have the same bits whether the text is appended at once or token by token, and for any number of threads.
/// Not thread-safe; sessions of one model are independent.</remarks>
public sealed class LlamaSession : CausalSession
{
    private readonly LlamaConfig config;
    private readonly Workers workers;
    private readonly RotaryFrequencies rotary;
    private readonly KvCache cache;
    private readonly int stride;
    private readonly SiteProducts products;

    private float[] residual = [];
    private float[] normed = [];
    private float[] query = [];
    private float[] key = [];
    private float[] value = [];
    private float[] padded = [];
    private float[] mixed = [];
    private float[] gate = [];
    private float[] up = [];
    private float[] cosines = [];
    private float[] sines = [];

    internal LlamaSession(LlamaModel model, int capacity, Workers workers)
        : base(model, capacity)
    {
        Model = model;
        this.workers = workers;
        config = model.Config;
        rotary = new RotaryFrequencies(config, capacity);
        stride = AttentionShape.StrideOf(config.HeadSize);
        cache = new KvCache(config, model.Plan, capacity);
        products = new SiteProducts(config, model.Layers, model.Plan, workers);
    }

    /// <inheritdoc/>
    public override LlamaModel Model { get; }

    // Final norm and output matrix of some rows of the chunk.
    private protected override void Predict(int first, int count, Memory<float> destination)
    {
        var hidden = config.HiddenSize;
        Norm(residual.AsMemory(first * hidden), count, Model.Norm);
        Model.Head.Multiply(normed, count, destination, workers);
    }

    private protected override Span<float> Residual => residual;

    private protected override void Prepare(int count)
    {
        Reserve(count);
        rotary.Fill(Position, count, cosines, sines);
    }

    private protected override void Embed(ReadOnlySpan<int> tokens)
    {
        var hidden = config.HiddenSize;
        for (var t = 0; t < tokens.Length; t++)
            Model.Embedding.CopyRow(tokens[t], residual.AsSpan(t * hidden, hidden));
    }

    private protected override void RunBlocks(int count, int first, int end)
    {
        for (var index = first; index < end; index++)
        {
            var layer = Model.Layers[index];
            Norm(residual, count, layer.AttentionNorm);
            Attend(index, count);
            Norm(residual, count, layer.MlpNorm);
            Gate(index, count);
        }
    }

    // residual += O · attention(Q · x, K · x, V · x)
    private void Attend(int layer, int count)
    {
        Project(layer, [SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV], normed, count, [query, key, value]);
        Cache(layer, count);
        var shape = new AttentionShape(config.Heads, config.KvHeads, config.HeadSize, Position, count, config.SlidingWindow);
        var probabilities = Operands(layer, SiteKind.AttnAv).LeftCodec;
        Attention.Apply(shape, padded, cache.Keys(layer), cache.Values(layer), probabilities, mixed, workers);
        if (config.IsBitLinear)
            EachRow(mixed, count, config.QuerySize, 0, static (_, row, _) => BitActivation.Apply(row.Span));
        Project(layer, [SiteKind.AttnO], mixed, count, [normed]);
        AddToResidual(count);
    }

    // residual += down · (silu(gate · x) · (up · x))
    private void Gate(int layer, int count)
    {
        Project(layer, [SiteKind.MlpGate, SiteKind.MlpUp], normed, count, [gate, up]);
        var width = config.IntermediateSize;
        EachRow(gate, count, width, (Up: up, config.IsBitLinear), static (work, row, t) =>
        {
            SwiGlu.Apply(row.Span, work.Up.AsSpan(t * row.Length, row.Length));
            if (work.IsBitLinear)
                BitActivation.Apply(row.Span);
        });
        Project(layer, [SiteKind.MlpDown], gate, count, [normed]);
        AddToResidual(count);
    }

    // Turns queries and keys to their positions, and puts keys and values into the cache, all in their formats.
    private void Cache(int layer, int count)
    {
        var (scores, mixing) = (new Site(layer, SiteKind.AttnQk), new Site(layer, SiteKind.AttnAv));
        cache.Reserve(Position + count);
        workers.Run(count, 8L * count * (config.QuerySize + config.KvSize), (Session: this, Layer: layer), static (work, first, end) =>
        {
            for (var t = first; t < end; t++)
                work.Session.CacheToken(work.Layer, t);
        });
        Observer?.Invoke(scores, isRight: false, query.AsSpan(0, count * config.QuerySize), config.HeadSize);
        Observer?.Invoke(scores, isRight: true, key.AsSpan(0, count * config.KvSize), config.HeadSize);
        Observer?.Invoke(mixing, isRight: true, value.AsSpan(0, count * config.KvSize), config.HeadSize);
    }

    private void CacheToken(int layer, int t)
    {
        var (size, pairs) = (config.HeadSize, rotary.Pairs);
        var (scores, mixing) = (Operands(layer, SiteKind.AttnQk), Operands(layer, SiteKind.AttnAv));
        var keys = cache.Keys(layer).Span;
        var values = cache.Values(layer).Span;
        var cosine = cosines.AsSpan(t * pairs, pairs);
        var sine = sines.AsSpan(t * pairs, pairs);
        for (var head = 0; head < config.Heads; head++)
        {
            var row = query.AsSpan((t * config.QuerySize) + (head * size), size);
            Rotary.Apply(row, cosine, sine);
            OperandRounding.Put(scores.LeftCodec, row, padded.AsSpan(((t * config.Heads) + head) * stride, size), scores.Site);
        }

        for (var head = 0; head < config.KvHeads; head++)
        {
            var row = key.AsSpan((t * config.KvSize) + (head * size), size);
            Rotary.Apply(row, cosine, sine);
            OperandRounding.Put(keys[head], Position + t, row, scores);
            row = value.AsSpan((t * config.KvSize) + (head * size), size);
            OperandRounding.Put(values[head], Position + t, row, mixing);
        }
    }

    private void Project(int layer, ReadOnlySpan<SiteKind> kinds, float[] input, int count, ReadOnlySpan<float[]> outputs) =>
        products.Multiply(layer, kinds, input, count, outputs, Observer, Stop);

    private void Norm(ReadOnlyMemory<float> source, int count, float[] gain)
    {
        EachRow(normed, count, config.HiddenSize, (Source: source, Gain: gain, config.NormEpsilon), static (work, row, t) =>
        {
            var x = work.Source.Span.Slice(t * row.Length, row.Length);
            if (work.Gain.Length > 0)
            {
                RmsNorm.Apply(x, work.Gain, work.NormEpsilon, row.Span);
            }
            else
            {
                x.CopyTo(row.Span);
                BitActivation.Apply(row.Span);
            }
        });
    }

    private void AddToResidual(int count)
    {
        var sum = residual.AsSpan(0, count * config.HiddenSize);
        Elementwise.Add(sum, normed.AsSpan(0, sum.Length), sum);
    }

    private void EachRow<TState>(Memory<float> rows, int count, int width, TState state, Action<TState, Memory<float>, int> body) =>
        products.EachRow(rows, count, width, state, body);

    private ref readonly SiteOperands Operands(int layer, SiteKind kind) => ref products.Operands(layer, kind);

    private void Reserve(int count)
    {
        Grow(ref residual, count, config.HiddenSize);
        Grow(ref normed, count, config.HiddenSize);
        Grow(ref query, count, config.QuerySize);
        Grow(ref key, count, config.KvSize);
        Grow(ref value, count, config.KvSize);
        Grow(ref padded, count, config.Heads * stride);
        Grow(ref mixed, count, config.QuerySize);
        Grow(ref gate, count, config.IntermediateSize);
        Grow(ref up, count, config.IntermediateSize);
        Grow(ref cosines, count, rotary.Pairs);
        Grow(ref sines, count, rotary.Pairs);
    }
}
