using Pith.Models.Llama;

namespace Pith.Tune.Llama;

/// <summary>The tensors of a Llama-architecture model, by their hub names.</summary>
public static class LlamaTensors
{
    /// <summary>Name and shape of every tensor, in the order of computation; matrices are [out, in].</summary>
    public static IEnumerable<(string Name, int[] Shape)> Of(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Iterate(config);
    }

    /// <summary>Numbers in the model; a tied head counts once.</summary>
    public static long CountParameters(LlamaConfig config) => Of(config).Sum(tensor => CountValues(tensor.Shape));

    /// <summary>Numbers in a tensor.</summary>
    internal static long CountValues(IEnumerable<int> shape) => shape.Aggregate(1L, (product, size) => product * size);

    private static IEnumerable<(string Name, int[] Shape)> Iterate(LlamaConfig config)
    {
        var (d, inner) = (config.HiddenSize, config.IntermediateSize);
        yield return ("model.embed_tokens.weight", [config.VocabularySize, d]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [d]);
            yield return (prefix + "self_attn.q_proj.weight", [config.QuerySize, d]);
            yield return (prefix + "self_attn.k_proj.weight", [config.KvSize, d]);
            yield return (prefix + "self_attn.v_proj.weight", [config.KvSize, d]);
            if (config.HasQkvBias)
            {
                yield return (prefix + "self_attn.q_proj.bias", [config.QuerySize]);
                yield return (prefix + "self_attn.k_proj.bias", [config.KvSize]);
                yield return (prefix + "self_attn.v_proj.bias", [config.KvSize]);
            }
            yield return (prefix + "self_attn.o_proj.weight", [d, config.QuerySize]);
            yield return (prefix + "post_attention_layernorm.weight", [d]);
            yield return (prefix + "mlp.gate_proj.weight", [inner, d]);
            yield return (prefix + "mlp.up_proj.weight", [inner, d]);
            yield return (prefix + "mlp.down_proj.weight", [d, inner]);
        }
        yield return ("model.norm.weight", [d]);
        if (!config.IsHeadTied) yield return ("lm_head.weight", [config.VocabularySize, d]);
    }
}
