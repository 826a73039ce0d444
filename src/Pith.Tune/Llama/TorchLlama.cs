using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Pith.Tune.Llama;

/// <summary>A Llama-architecture language model in TorchSharp: what the trainer trains, and a second opinion on the
/// product's own inference.</summary>
/// <remarks>Touvron et al. 2023: pre-norm blocks, RMSNorm, rotary positions (half-split layout of the hub), SwiGLU, grouped
/// key-value heads; biases of q, k and v where the configuration has them (Qwen2). A plan rounds both operands of the products it
/// names, bit by bit as the product does; gradients pass straight through. Owns its tensors. <see cref="Forward"/> may run on several
/// threads at once as long as no weight changes meanwhile.</remarks>
public sealed class TorchLlama : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _rounded = new(StringComparer.Ordinal);
    private readonly Plan _plan;
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    /// <summary>Builds the model from named arrays.</summary>
    /// <param name="config">Dimensions. Without rotary scaling, sliding window, other biases and ternary layers.</param>
    /// <param name="weights">Row-major values by the names of <see cref="LlamaTensors.Expected"/>; matrices are [out, in]. Further names are ignored.</param>
    /// <param name="trainable">Whether gradients are recorded.</param>
    /// <param name="plan">Formats of the products' operands; null for none.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has the wrong number of values.</exception>
    /// <exception cref="NotSupportedException">The configuration asks for what is not implemented here.</exception>
    public TorchLlama(LlamaConfig config, IReadOnlyDictionary<string, float[]> weights, bool trainable = false, Plan? plan = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        if (!Supports(config))
            throw new NotSupportedException("Rotary scaling, sliding windows, biases outside q, k and v, and ternary layers are not implemented in torch.");
        Config = config;
        _plan = plan ?? Plan.Empty;
        foreach (var (name, dimensions) in LlamaTensors.Expected(config))
        {
            if (!weights.TryGetValue(name, out var values)) throw new ArgumentException($"The tensor {name} is missing.", nameof(weights));
            var count = Count(dimensions);
            if (values.LongLength != count)
                throw new ArgumentException($"{name}: expected {count} values, found {values.LongLength}.", nameof(weights));
            var tensor = torch.tensor(values, [.. dimensions], float32).DetachFromDisposeScope();
            _weights[name] = tensor;
        }
        foreach (var (site, _) in _plan.Sites.Where(entry => entry.Key.HasWeight && StraightThrough.CodecOf(entry.Value.Weights) is not null))
        {
            var name = LlamaConfig.WeightName(site);
            _rounded[name] = zeros_like(_weights[name]).DetachFromDisposeScope();
        }
        RoundWeights();
        foreach (var parameter in Parameters) parameter.requires_grad = trainable;
        (_cos, _sin) = RotaryTables(config);
    }

    /// <summary>Dimensions.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The weights by hub name, in the order of <see cref="LlamaTensors.Expected"/>. Owned by the model.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>What <see cref="Forward"/> computes with, in the order of <see cref="Weights"/>: the weights, rounded where the plan says so.
    /// The gradient of a rounded weight counts as that of the weight itself. Owned by the model.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. _weights.Select(weight => _rounded.GetValueOrDefault(weight.Key, weight.Value))];

    /// <summary>Whether models of this configuration are implemented here.</summary>
    public static bool Supports(LlamaConfig config) =>
        config.RopeScaling.Kind == RopeScalingKind.None && config.SlidingWindow is null && !config.HasOutputBias && !config.HasMlpBias && !config.IsBitLinear;

    /// <summary>Numbers in a model of these dimensions; a tied head counts once.</summary>
    public static long CountParameters(LlamaConfig config) => LlamaTensors.Expected(config).Sum(tensor => Count(tensor.Shape));

    /// <summary>Rounds the weights anew, after they have changed.</summary>
    /// <param name="threads">Threads to use; the result does not depend on them.</param>
    /// <exception cref="Pith.Core.Diagnostics.PithException">A weight is not finite (<see cref="TuneErrors.Diverged"/>).</exception>
    public void RoundWeights(int threads = 1) => Parallel.ForEach(
        _plan.Sites.Where(entry => entry.Key.HasWeight), new ParallelOptions { MaxDegreeOfParallelism = threads }, entry =>
        {
            var name = LlamaConfig.WeightName(entry.Key);
            if (StraightThrough.CodecOf(entry.Value.Weights) is { } codec) StraightThrough.RoundWeight(_weights[name], codec, _rounded[name]);
        });

    /// <summary>Logits of every next token.</summary>
    /// <param name="ids">[batch, tokens], int64; tokens ≤ context length.</param>
    /// <param name="precision">Type in which matrix products are computed; norms, residual stream and logits stay float32. Formats
    /// are rounded to in float32 only.</param>
    /// <returns>[batch, tokens, vocabulary], float32. The caller owns it.</returns>
    public Tensor Forward(Tensor ids, MatmulPrecision precision = MatmulPrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var scope = NewDisposeScope();
        var type = precision == MatmulPrecision.BFloat16 ? bfloat16 : float32;
        var tokens = ids.shape[1];
        if (tokens > Config.ContextLength)
            throw new ArgumentException($"{tokens} tokens do not fit the context of {Config.ContextLength}.", nameof(ids));
        if (type != float32 && !_plan.Sites.IsEmpty)
            throw new ArgumentException($"A model with a plan computes in float32, not in {precision}.", nameof(precision));
        var cos = _cos.narrow(0, 0, tokens).to(type);
        var sin = _sin.narrow(0, 0, tokens).to(type);

        var x = _weights["model.embed_tokens.weight"].index_select(0, ids.reshape(-1)).view(ids.shape[0], tokens, Config.HiddenSize);
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var h = Normalize(x, prefix + "input_layernorm.weight").to(type);
            x = x + Products(Attend(h, layer, cos, sin), layer, SiteKind.AttnO)[0];
            h = Normalize(x, prefix + "post_attention_layernorm.weight").to(type);
            var inner = Products(h, layer, SiteKind.MlpGate, SiteKind.MlpUp);
            x = x + Products(F.silu(inner[0]) * inner[1], layer, SiteKind.MlpDown)[0];
        }
        var head = Config.IsHeadTied ? "model.embed_tokens.weight" : "lm_head.weight";
        return F.linear(Normalize(x, "model.norm.weight").to(type), _weights[head].to(type)).to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of one token sequence as plain numbers.</summary>
    /// <returns>[tokens · vocabulary], row-major.</returns>
    public float[] Logits(ReadOnlySpan<int> ids)
    {
        var wide = new long[ids.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = ids[i];
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Forward(torch.tensor(wide, [1, wide.Length], int64)).data<float>().ToArray();
    }

    /// <summary>A copy of all weights as plain numbers, by hub name.</summary>
    public Dictionary<string, float[]> ReadWeights() =>
        _weights.ToDictionary(pair => pair.Key, pair => pair.Value.data<float>().ToArray(), StringComparer.Ordinal);

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var weight in _weights.Values.Concat(_rounded.Values)) weight.Dispose();
        _cos.Dispose();
        _sin.Dispose();
    }

    private static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    private Tensor Normalize(Tensor x, string name) =>
        x * rsqrt(x.square().mean([-1], keepdim: true) + Config.NormEpsilon) * _weights[name];

    /// <summary>The products of one input with the weights of some sites, the input rounded once for each run of equal formats.</summary>
    private Tensor[] Products(Tensor x, int layer, params ReadOnlySpan<SiteKind> kinds)
    {
        var outputs = new Tensor[kinds.Length];
        var (input, current) = (x, (FormatCodec?)null);
        for (var i = 0; i < kinds.Length; i++)
        {
            var site = new Site(layer, kinds[i]);
            if (StraightThrough.CodecOf(_plan[site].Activations) is var codec && codec != current)
                (input, current) = (StraightThrough.Round(x, codec), codec);
            var name = LlamaConfig.WeightName(site);
            var weight = _rounded.GetValueOrDefault(name) ?? _weights[name];
            outputs[i] = F.linear(input, weight.to(x.dtype), _weights.GetValueOrDefault(name[..^"weight".Length] + "bias")?.to(x.dtype));
        }
        return outputs;
    }

    private Tensor Attend(Tensor h, int layer, Tensor cos, Tensor sin)
    {
        var (batch, tokens) = (h.shape[0], h.shape[1]);
        var (scores, mixing) = (_plan[new Site(layer, SiteKind.AttnQk)], _plan[new Site(layer, SiteKind.AttnAv)]);
        Tensor Split(Tensor x, int heads) => x.view(batch, tokens, heads, Config.HeadSize).transpose(1, 2);

        var projected = Products(h, layer, SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV);
        var q = StraightThrough.Round(Rotate(Split(projected[0], Config.Heads), cos, sin), StraightThrough.CodecOf(scores.Activations));
        var k = StraightThrough.Round(Rotate(Split(projected[1], Config.KvHeads), cos, sin), StraightThrough.CodecOf(scores.Weights));
        var v = StraightThrough.Round(Split(projected[2], Config.KvHeads), StraightThrough.CodecOf(mixing.Weights));
        var group = Config.Heads / Config.KvHeads;
        if (group > 1)
        {
            // Query head i reads key-value head i / group.
            k = k.repeat_interleave(group, 1);
            v = v.repeat_interleave(group, 1);
        }
        var mixed = StraightThrough.CodecOf(mixing.Activations) is { } codec
            ? matmul(StraightThrough.Round(Probabilities(q, k), codec, isCausal: true), v)
            : F.scaled_dot_product_attention(q, k, v, is_casual: true);
        return mixed.transpose(1, 2).reshape(batch, tokens, Config.Heads * Config.HeadSize);
    }

    /// <summary>softmax(Q·Kᵀ/√d) over the tokens up to each query's own.</summary>
    private Tensor Probabilities(Tensor q, Tensor k)
    {
        var tokens = q.shape[2];
        var unseen = full([tokens, tokens], float.NegativeInfinity).triu(1);
        return F.softmax(matmul(q, k.transpose(2, 3)) / Math.Sqrt(Config.HeadSize) + unseen, -1);
    }

    /// <summary>Turns the pairs (i, i + half) of each head by the angle of their position.</summary>
    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.shape[3] / 2;
        var turned = cat([-x.narrow(3, half, half), x.narrow(3, 0, half)], 3);
        return x * cos + turned * sin;
    }

    private static (Tensor Cos, Tensor Sin) RotaryTables(LlamaConfig config)
    {
        var half = config.HeadSize / 2;
        var cos = new float[config.ContextLength * config.HeadSize];
        var sin = new float[cos.Length];
        for (var position = 0; position < config.ContextLength; position++)
        {
            for (var i = 0; i < config.HeadSize; i++)
            {
                var angle = position * Math.Pow(config.RopeTheta, -2.0 * (i % half) / config.HeadSize);
                cos[position * config.HeadSize + i] = (float)Math.Cos(angle);
                sin[position * config.HeadSize + i] = (float)Math.Sin(angle);
            }
        }
        long[] size = [config.ContextLength, config.HeadSize];
        return (torch.tensor(cos, size, float32).DetachFromDisposeScope(), torch.tensor(sin, size, float32).DetachFromDisposeScope());
    }
}
