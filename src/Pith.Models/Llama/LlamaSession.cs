using System.Globalization;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Ops;

namespace Pith.Models.Llama;

/// <summary>One text running through a model: its cached keys and values, and the logits after its tokens.</summary>
/// <remarks>A token's logits have the same bits whether the text is appended at once or token by token, and for any number of threads.
/// Not thread-safe; sessions of one model are independent.</remarks>
public sealed class LlamaSession
{
    // Tokens which pass through the layers together: enough to reuse each weight, few enough for the caches.
    private const int ChunkTokens = 256;

    private readonly LlamaConfig config;
    private readonly Workers workers;
    private readonly RotaryFrequencies rotary;
    private readonly KvCache cache;
    private readonly int stride;
    private readonly IntegerInputs integers = new();

    // By layer, then by kind of product: what the plan says, looked up once.
    private readonly SiteOperands[] operands;

    private float[] residual = [];
    private float[] normed = [];
    private float[] rounded = [];
    private float[] query = [];
    private float[] key = [];
    private float[] value = [];
    private float[] padded = [];
    private float[] mixed = [];
    private float[] gate = [];
    private float[] up = [];
    private float[] cosines = [];
    private float[] sines = [];
    private float[] logits = [];
    private CancellationToken stop;

    internal LlamaSession(LlamaModel model, int capacity, Workers workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Model = model;
        Capacity = capacity;
        this.workers = workers;
        config = model.Config;
        rotary = new RotaryFrequencies(config, capacity);
        stride = new AttentionShape(config.Heads, config.KvHeads, config.HeadSize, 0, 0, null).Stride;
        cache = new KvCache(model, capacity, stride);
        operands = SiteOperands.Of(model);
    }

    /// <summary>The model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Most tokens of the text.</summary>
    public int Capacity { get; }

    /// <summary>Tokens appended so far: the position of the next one.</summary>
    public int Position { get; private set; }

    /// <summary>Called with the operands of each matrix product, in the order of computation; null for nobody.</summary>
    public OperandObserver? Observer { get; set; }

    /// <summary>Bytes which the cached keys and values of the text take in the plan's formats, each head's row padded to a byte.
    /// They are held as floats rounded to these formats.</summary>
    public long CacheBytes => cache.BitsPerToken * Position / 8;

    /// <summary>Runs tokens through the model.</summary>
    /// <param name="tokens">The next tokens of the text.</param>
    /// <param name="rows">Which logits are wanted.</param>
    /// <param name="cancellation">Stops between two products; the session is then where it was before the call.</param>
    /// <returns>[rows, vocabulary], row-major; valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="PithException">The text would be longer than <see cref="Capacity"/> (<see cref="ModelsErrors.ContextOverflow"/>), or an
    /// activation is not finite where a format needs it to be (<see cref="ModelsErrors.NonFiniteActivation"/>).</exception>
    public ReadOnlyMemory<float> Append(ReadOnlySpan<int> tokens, LogitRows rows = LogitRows.Last, CancellationToken cancellation = default)
    {
        foreach (var token in tokens)
        {
            if (token < 0 || token >= config.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(tokens), token, $"A token id is 0 to {config.VocabularySize - 1}.");
        }

        if (tokens.Length > Capacity - Position)
        {
            throw new PithException(
                ModelsErrors.ContextOverflow,
                string.Create(CultureInfo.InvariantCulture, $"expected at most {Capacity} tokens, found {(long)Position + tokens.Length}"));
        }

        var before = Position;
        stop = cancellation;
        try
        {
            return AppendChunks(tokens, rows);
        }
        catch
        {
            Position = before;
            throw;
        }
    }

    /// <summary>Forgets the tokens from a position on.</summary>
    /// <param name="position">0 … <see cref="Position"/>.</param>
    public void Truncate(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    private Memory<float> AppendChunks(ReadOnlySpan<int> tokens, LogitRows rows)
    {
        var vocabulary = config.VocabularySize;
        var wanted = rows switch { LogitRows.All => tokens.Length, LogitRows.Last => Math.Min(1, tokens.Length), _ => 0 };
        Grow(ref logits, wanted, vocabulary);
        for (var first = 0; first < tokens.Length; first += ChunkTokens)
        {
            var chunk = tokens[first..Math.Min(first + ChunkTokens, tokens.Length)];
            Forward(chunk);
            Position += chunk.Length;
            if (rows == LogitRows.All)
                Project(0, chunk.Length, logits.AsMemory(first * vocabulary));
            else if (rows == LogitRows.Last && first + chunk.Length == tokens.Length)
                Project(chunk.Length - 1, 1, logits);
        }

        return logits.AsMemory(0, wanted * vocabulary);
    }

    // Final norm and output matrix of some rows of the chunk.
    private void Project(int first, int count, Memory<float> destination)
    {
        var hidden = config.HiddenSize;
        Norm(residual.AsMemory(first * hidden), count, Model.Norm);
        Model.Head.Multiply(normed, count, destination, workers);
    }

    private void Forward(ReadOnlySpan<int> tokens)
    {
        var count = tokens.Length;
        var hidden = config.HiddenSize;
        Reserve(count);
        for (var t = 0; t < count; t++)
            Model.Embedding.AsSpan(tokens[t] * hidden, hidden).CopyTo(residual.AsSpan(t * hidden));
        rotary.Fill(Position, count, cosines, sines);

        for (var index = 0; index < config.Layers; index++)
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

    // Turns queries and keys to their positions, and puts keys and values into the cache, all rounded to their formats.
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
            Put(scores.LeftCodec, row, padded.AsSpan(((t * config.Heads) + head) * stride, size), scores.Site);
        }

        for (var head = 0; head < config.KvHeads; head++)
        {
            var row = key.AsSpan((t * config.KvSize) + (head * size), size);
            Rotary.Apply(row, cosine, sine);
            Put(scores.RightCodec, row, keys[head].AsSpan((Position + t) * stride, size), scores.Site);
            row = value.AsSpan((t * config.KvSize) + (head * size), size);
            Put(mixing.RightCodec, row, values[head].AsSpan((Position + t) * stride, size), mixing.Site);
        }

        static void Put(FormatCodec? codec, ReadOnlySpan<float> row, Span<float> destination, Site site)
        {
            if (codec is null)
                row.CopyTo(destination);
            else
                OperandRounding.Round(codec, row, destination, site);
        }
    }

    // Multiplies one input with the weights of some sites, rounding it once for each run of equal formats.
    private void Project(int layer, ReadOnlySpan<SiteKind> kinds, float[] input, int count, ReadOnlySpan<float[]> outputs)
    {
        NumberFormat? current = null;
        for (var i = 0; i < kinds.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            var site = new Site(layer, kinds[i]);
            var index = LlamaLayer.IndexOf(kinds[i]);
            var weight = Model.Layers[layer].Weights[index];
            var format = Operands(layer, kinds[i]).Left;
            var codec = Operands(layer, kinds[i]).LeftCodec;
            Observer?.Invoke(site, isRight: false, input.AsSpan(0, count * weight.Inputs), weight.Inputs);
            if (!integers.TryMultiply(site, weight, format, input, count, outputs[i], isNew: i == 0, workers))
            {
                if (codec is not null && format != current)
                {
                    EachRow(input, count, weight.Inputs, (Codec: codec, Rounded: rounded, Site: site), static (work, row, t) =>
                        OperandRounding.Round(work.Codec, row.Span, work.Rounded.AsSpan(t * row.Length, row.Length), work.Site));
                    current = format;
                }

                weight.Multiply(codec is null ? input : rounded, count, outputs[i], workers);
            }

            var bias = Model.Layers[layer].Biases[index];
            for (var t = 0; bias.Length > 0 && t < count; t++)
            {
                var row = outputs[i].AsSpan(t * bias.Length, bias.Length);
                Elementwise.Add(row, bias, row);
            }
        }
    }

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

    // The body is static and gets what it needs, so that a token allocates nothing.
    private void EachRow<TState>(Memory<float> rows, int count, int width, TState state, Action<TState, Memory<float>, int> body) =>
        workers.Run(count, 8L * count * width, (Rows: rows, Width: width, State: state, Body: body), static (work, first, end) =>
        {
            for (var t = first; t < end; t++)
                work.Body(work.State, work.Rows.Slice(t * work.Width, work.Width), t);
        });

    private ref readonly SiteOperands Operands(int layer, SiteKind kind) => ref SiteOperands.At(operands, layer, kind);

    private void Reserve(int count)
    {
        Grow(ref residual, count, config.HiddenSize);
        Grow(ref normed, count, config.HiddenSize);
        Grow(ref rounded, count, Math.Max(Math.Max(config.HiddenSize, config.QuerySize), config.IntermediateSize));
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

    private static void Grow(ref float[] buffer, int rows, int width)
    {
        var length = checked(rows * width);
        if (buffer.Length < length)
            buffer = new float[length];
    }
}
