using Pith.Core.Diagnostics;
using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Blocks;
using Pith.Models.Llama;

namespace Pith.Models.Bert;

/// <summary>Runs texts through an encoder, several at once, with the buffers they need.</summary>
/// <remarks>The texts of a call stand one behind the other, each at its own length: nothing is padded, and a token sees its own text alone. What a
/// text gives has the same bits whatever texts run beside it, and for any number of threads. Not thread-safe; sessions of one model are
/// independent.</remarks>
public sealed class EncoderSession
{
    private readonly BertConfig config;
    private readonly Workers workers;
    private readonly PlainBlocks blocks;
    private readonly KvCache rows;

    private float[] states = [];
    private int[] ends = [];

    internal EncoderSession(EncoderModel model, Workers workers)
    {
        Model = model;
        this.workers = workers;
        config = model.Config;
        blocks = new PlainBlocks(config, model.Layers, model.Plan, config.Activation, normsFirst: false, workers);
        rows = new KvCache(config, model.Plan, int.MaxValue, sharesRows: true);
    }

    /// <summary>The model.</summary>
    public EncoderModel Model { get; }

    /// <summary>Called with the operands of each matrix product, in the order of computation; null for nobody.</summary>
    public OperandObserver? Observer { get; set; }

    /// <summary>Texts of the last <see cref="Run"/>.</summary>
    public int Texts => ends.Length;

    /// <summary>Tokens of the last <see cref="Run"/>, all texts together.</summary>
    public int Tokens => ends.Length == 0 ? 0 : ends[^1];

    /// <summary>Runs texts through the blocks.</summary>
    /// <param name="texts">The texts, at least one.</param>
    /// <param name="cancellation">Stops between two products.</param>
    /// <returns>The last block's states, [tokens of all texts, hidden]; valid until the next call.</returns>
    /// <exception cref="ArgumentException">There is no text, or one is empty, has an id that is not in the vocabulary, or segments which the model has not.</exception>
    /// <exception cref="PithException">A text is longer than the model's table of positions (<see cref="ModelsErrors.NoPositions"/>), or an
    /// activation is not finite where a format needs it to be (<see cref="ModelsErrors.NonFiniteActivation"/>).</exception>
    public ReadOnlyMemory<float> Run(IReadOnlyList<EncoderInput> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        ends = [];
        var shapes = new AttentionShape[texts.Count];
        var bounds = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            EncoderEmbedding.Check(config, texts[i]);
            var (start, count) = (i == 0 ? 0 : bounds[i - 1], texts[i].Tokens.Length);
            bounds[i] = checked(start + count);
            shapes[i] = new AttentionShape(config.Heads, config.KvHeads, config.HeadSize, start, count, null) { Seen = bounds[i], SeenFrom = start };
        }

        var length = checked(bounds[^1] * config.HiddenSize);
        if (states.Length < length)
            states = new float[length];
        for (var i = 0; i < texts.Count; i++)
            EncoderEmbedding.Put(Model, texts[i], states.AsSpan(shapes[i].FirstPosition * config.HiddenSize));
        blocks.Norm(Model.Ends.Norm, states, bounds[^1], states);
        rows.Reserve(bounds[^1]);
        blocks.Run(0, config.Layers, states, shapes, rows, Observer, cancellation);
        ends = bounds;
        return states.AsMemory(0, length);
    }

    /// <summary>One vector for each text of the last <see cref="Run"/>.</summary>
    /// <param name="pooling">How it is made.</param>
    /// <returns>[texts, hidden].</returns>
    /// <exception cref="PithException">The model has no pooler (<see cref="ModelsErrors.NoHead"/>).</exception>
    public float[] Pool(EncoderPooling pooling)
    {
        var hidden = config.HiddenSize;
        if (pooling == EncoderPooling.Mean)
        {
            var means = new float[Texts * hidden];
            for (var text = 0; text < Texts; text++)
            {
                var mean = means.AsSpan(text * hidden, hidden);
                for (var token = Start(text); token < ends[text]; token++)
                    Elementwise.Add(mean, states.AsSpan(token * hidden, hidden), mean);
                Elementwise.Multiply(mean, 1f / (ends[text] - Start(text)), mean);
            }

            return means;
        }

        if (pooling == EncoderPooling.First)
            return FirstTokens();
        return Model.Ends.Dense is { } pooler && BertTensors.HeadDense(config)!.EndsWith(BertTensors.Pooler, StringComparison.Ordinal)
            ? Tanh(pooler.Apply(FirstTokens(), Texts, workers))
            : throw NoHead("a pooler");
    }

    /// <summary>The head's scores of the labels, before any softmax.</summary>
    /// <returns>[texts, labels] of a head for texts, [tokens, labels] of a head for tokens.</returns>
    /// <exception cref="PithException">The model has neither (<see cref="ModelsErrors.NoHead"/>).</exception>
    public float[] Scores()
    {
        var (dense, last) = (Model.Ends.Dense, Model.Ends.Out);
        switch (config.Head)
        {
            case EncoderHead.Token:
                return last!.Apply(states, Tokens, workers);
            case EncoderHead.Sequence:
                var inner = dense!.Apply(FirstTokens(), Texts, workers);
                if (config.Family.IsDistil)
                    Relu.Apply(inner);
                else
                    Tanh(inner);
                return last!.Apply(inner, Texts, workers);
            default:
                throw NoHead("a head for texts or tokens");
        }
    }

    /// <summary>The head's scores of every token id at some places, before any softmax: what could stand there.</summary>
    /// <param name="tokens">Indices of tokens of the last <see cref="Run"/>, all texts counted through.</param>
    /// <returns>[places, vocabulary].</returns>
    /// <exception cref="PithException">The model has no head for masked tokens (<see cref="ModelsErrors.NoHead"/>).</exception>
    public float[] Predict(ReadOnlySpan<int> tokens)
    {
        if (config.Head != EncoderHead.MaskedToken)
            throw NoHead("a head for masked tokens");
        var hidden = config.HiddenSize;
        var chosen = new float[checked(tokens.Length * hidden)];
        for (var i = 0; i < tokens.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(tokens[i], nameof(tokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tokens[i], Tokens, nameof(tokens));
            states.AsSpan(tokens[i] * hidden, hidden).CopyTo(chosen.AsSpan(i * hidden));
        }

        var inner = Model.Ends.Dense!.Apply(chosen, tokens.Length, workers);
        PlainBlocks.Activate(config.Family.CountsFromPadding ? MlpActivation.Gelu : config.Activation, inner);
        blocks.Norm(Model.Ends.DenseNorm!, inner, tokens.Length, inner);
        return Model.Ends.Out!.Apply(inner, tokens.Length, workers);
    }

    /// <summary>The first token of a text of the last <see cref="Run"/>, all texts counted through.</summary>
    public int Start(int text) => text == 0 ? 0 : ends[text - 1];

    private float[] FirstTokens()
    {
        var hidden = config.HiddenSize;
        var first = new float[Texts * hidden];
        for (var text = 0; text < Texts; text++)
            states.AsSpan(Start(text) * hidden, hidden).CopyTo(first.AsSpan(text * hidden));
        return first;
    }

    private static float[] Tanh(float[] row)
    {
        for (var i = 0; i < row.Length; i++)
            row[i] = MathF.Tanh(row[i]);
        return row;
    }

    private PithException NoHead(string expected) => new(
        ModelsErrors.NoHead, $"expected a model with {expected}, found the architecture {config.Family.Architecture(config.Head)}");
}
