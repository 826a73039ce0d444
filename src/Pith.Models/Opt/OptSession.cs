using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Blocks;
using Pith.Models.Llama;

namespace Pith.Models.Opt;

/// <summary>One text running through an OPT model; see <see cref="CausalSession"/>.</summary>
public sealed class OptSession : CausalSession
{
    private readonly OptConfig config;
    private readonly Workers workers;
    private readonly PlainBlocks blocks;
    private readonly KvCache cache;

    private float[] residual = [];
    private float[] embedded = [];
    private float[] normed = [];

    internal OptSession(OptModel model, int capacity, Workers workers)
        : base(model, capacity)
    {
        Model = model;
        this.workers = workers;
        config = model.Config;
        blocks = new PlainBlocks(config, model.Layers, model.Plan, MlpActivation.Relu, config.NormsFirst, workers);
        cache = new KvCache(config, model.Plan, capacity);
    }

    /// <inheritdoc/>
    public override OptModel Model { get; }

    private protected override Span<float> Residual => residual;

    private protected override void Prepare(int count)
    {
        Grow(ref residual, count, config.HiddenSize);
        Grow(ref normed, count, config.HiddenSize);
        Grow(ref embedded, count, config.EmbeddingSize);
        cache.Reserve(Position + count);
    }

    private protected override void Embed(ReadOnlySpan<int> tokens)
    {
        var (count, hidden, width) = (tokens.Length, config.HiddenSize, config.EmbeddingSize);
        var ends = Model.Ends;
        for (var t = 0; t < count; t++)
            ends.Embedding.AsSpan(tokens[t] * width, width).CopyTo(embedded.AsSpan(t * width));

        if (ends.ProjectIn is null)
            embedded.AsSpan(0, count * hidden).CopyTo(residual);
        else
            ends.ProjectIn.Multiply(embedded, count, residual, workers);
        var sum = residual.AsSpan(0, count * hidden);
        Elementwise.Add(sum, ends.Positions.AsSpan((Position + OptConfig.PositionOffset) * hidden, sum.Length), sum);
    }

    private protected override void RunBlocks(int count, int first, int end)
    {
        var text = new AttentionShape(config.Heads, config.KvHeads, config.HeadSize, Position, count, null);
        blocks.Run(first, end, residual, [text], cache, Observer, Stop);
    }

    private protected override void Predict(int first, int count, Memory<float> destination)
    {
        ReadOnlyMemory<float> rows = residual.AsMemory(first * config.HiddenSize);
        if (Model.Ends.Norm is { } norm)
        {
            blocks.Norm(norm, rows, count, normed);
            rows = normed;
        }

        if (Model.Ends.ProjectOut is { } projection)
        {
            projection.Multiply(rows, count, embedded, workers);
            rows = embedded;
        }

        Model.Ends.Head.Multiply(rows, count, destination, workers);
    }
}
