using Pith.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Pith.Tune.Llama;

/// <summary>A Llama-architecture language model in TorchSharp: what the pre-trainer trains, and a second opinion on the
/// product's own inference.</summary>
/// <remarks>Touvron et al. 2023: pre-norm blocks, RMSNorm, rotary positions (half-split layout of the hub), SwiGLU, grouped
/// key-value heads; biases of q, k and v where the configuration has them (Qwen2). Owns its tensors. <see cref="Forward"/> may run on several threads at once as long as
/// no weight changes meanwhile.</remarks>
public sealed class TorchLlama : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    /// <summary>Builds the model from named arrays.</summary>
    /// <param name="config">Dimensions. Without rotary scaling, sliding window, other biases and ternary layers.</param>
    /// <param name="weights">Row-major values by the names of <see cref="LlamaTensors.Expected"/>; matrices are [out, in]. Further names are ignored.</param>
    /// <param name="trainable">Whether gradients are recorded.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has the wrong number of values.</exception>
    /// <exception cref="NotSupportedException">The configuration asks for what is not implemented here.</exception>
    public TorchLlama(LlamaConfig config, IReadOnlyDictionary<string, float[]> weights, bool trainable = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        if (config.RopeScaling.Kind != RopeScalingKind.None || config.SlidingWindow is not null || config.HasOutputBias
            || config.HasMlpBias || config.IsBitLinear)
        {
            throw new NotSupportedException("Rotary scaling, sliding windows, biases outside q, k and v, and ternary layers are not implemented in torch.");
        }
        Config = config;
        foreach (var (name, dimensions) in LlamaTensors.Expected(config))
        {
            if (!weights.TryGetValue(name, out var values)) throw new ArgumentException($"The tensor {name} is missing.", nameof(weights));
            var count = Count(dimensions);
            if (values.LongLength != count)
                throw new ArgumentException($"{name}: expected {count} values, found {values.LongLength}.", nameof(weights));
            var tensor = torch.tensor(values, [.. dimensions], float32).DetachFromDisposeScope();
            tensor.requires_grad = trainable;
            _weights[name] = tensor;
        }
        (_cos, _sin) = RotaryTables(config);
    }

    /// <summary>Dimensions.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The weights by hub name, in the order of <see cref="LlamaTensors.Expected"/>. Owned by the model.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>Numbers in a model of these dimensions; a tied head counts once.</summary>
    public static long CountParameters(LlamaConfig config) => LlamaTensors.Expected(config).Sum(tensor => Count(tensor.Shape));

    /// <summary>Logits of every next token.</summary>
    /// <param name="ids">[batch, tokens], int64; tokens ≤ context length.</param>
    /// <param name="precision">Type in which matrix products are computed; norms, residual stream and logits stay float32.</param>
    /// <returns>[batch, tokens, vocabulary], float32. The caller owns it.</returns>
    public Tensor Forward(Tensor ids, MatmulPrecision precision = MatmulPrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var scope = NewDisposeScope();
        var type = precision == MatmulPrecision.BFloat16 ? bfloat16 : float32;
        var tokens = ids.shape[1];
        if (tokens > Config.ContextLength)
            throw new ArgumentException($"{tokens} tokens do not fit the context of {Config.ContextLength}.", nameof(ids));
        var cos = _cos.narrow(0, 0, tokens).to(type);
        var sin = _sin.narrow(0, 0, tokens).to(type);

        var x = _weights["model.embed_tokens.weight"].index_select(0, ids.reshape(-1)).view(ids.shape[0], tokens, Config.HiddenSize);
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var h = Normalize(x, prefix + "input_layernorm.weight").to(type);
            x = x + Linear(Attend(h, prefix + "self_attn.", cos, sin), prefix + "self_attn.o_proj.weight");
            h = Normalize(x, prefix + "post_attention_layernorm.weight").to(type);
            var inner = F.silu(Linear(h, prefix + "mlp.gate_proj.weight")) * Linear(h, prefix + "mlp.up_proj.weight");
            x = x + Linear(inner, prefix + "mlp.down_proj.weight");
        }
        var head = Config.IsHeadTied ? "model.embed_tokens.weight" : "lm_head.weight";
        return Linear(Normalize(x, "model.norm.weight").to(type), head).to(float32).MoveToOuterDisposeScope();
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
        foreach (var weight in _weights.Values) weight.Dispose();
        _cos.Dispose();
        _sin.Dispose();
    }

    private static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    private Tensor Linear(Tensor x, string name, string? bias = null) =>
        F.linear(x, _weights[name].to(x.dtype), bias is null ? null : _weights[bias].to(x.dtype));

    private Tensor Normalize(Tensor x, string name) =>
        x * rsqrt(x.square().mean([-1], keepdim: true) + Config.NormEpsilon) * _weights[name];

    private Tensor Attend(Tensor h, string prefix, Tensor cos, Tensor sin)
    {
        var (batch, tokens) = (h.shape[0], h.shape[1]);
        Tensor Split(string name, int heads) =>
            Linear(h, $"{prefix}{name}.weight", Config.HasQkvBias ? $"{prefix}{name}.bias" : null)
                .view(batch, tokens, heads, Config.HeadSize).transpose(1, 2);

        var q = Rotate(Split("q_proj", Config.Heads), cos, sin);
        var k = Rotate(Split("k_proj", Config.KvHeads), cos, sin);
        var v = Split("v_proj", Config.KvHeads);
        var group = Config.Heads / Config.KvHeads;
        if (group > 1)
        {
            // Query head i reads key-value head i / group.
            k = k.repeat_interleave(group, 1);
            v = v.repeat_interleave(group, 1);
        }
        var mixed = F.scaled_dot_product_attention(q, k, v, is_casual: true);
        return mixed.transpose(1, 2).reshape(batch, tokens, Config.Heads * Config.HeadSize);
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
