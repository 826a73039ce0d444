namespace Pith.Tune.Llama;

/// <summary>The dimensions of a Llama-architecture model.</summary>
/// <remarks>Names follow the Hugging Face <c>config.json</c> keys. Immutable.</remarks>
public sealed record LlamaShape
{
    /// <summary>Tokens in the vocabulary (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the SwiGLU (<c>intermediate_size</c>).</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Blocks (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads, a divisor of <see cref="Heads"/> (<c>num_key_value_heads</c>).</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head, even (<c>head_dim</c>).</summary>
    public required int HeadSize { get; init; }

    /// <summary>Longest context in tokens (<c>max_position_embeddings</c>).</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>Added to the mean square in RMSNorm (<c>rms_norm_eps</c>).</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Base of the rotary frequencies (<c>rope_theta</c>).</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the head is the embedding matrix (<c>tie_word_embeddings</c>).</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Numbers in the model.</summary>
    public long ParameterCount => Tensors().Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Names and shapes of all tensors in the hub's naming, in a fixed order.</summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [VocabularySize, HiddenSize]);
        for (var layer = 0; layer < Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [HiddenSize]);
            yield return (prefix + "self_attn.q_proj.weight", [Heads * HeadSize, HiddenSize]);
            yield return (prefix + "self_attn.k_proj.weight", [KeyValueHeads * HeadSize, HiddenSize]);
            yield return (prefix + "self_attn.v_proj.weight", [KeyValueHeads * HeadSize, HiddenSize]);
            yield return (prefix + "self_attn.o_proj.weight", [HiddenSize, Heads * HeadSize]);
            yield return (prefix + "post_attention_layernorm.weight", [HiddenSize]);
            yield return (prefix + "mlp.gate_proj.weight", [IntermediateSize, HiddenSize]);
            yield return (prefix + "mlp.up_proj.weight", [IntermediateSize, HiddenSize]);
            yield return (prefix + "mlp.down_proj.weight", [HiddenSize, IntermediateSize]);
        }
        yield return ("model.norm.weight", [HiddenSize]);
        if (!TiedHead) yield return ("lm_head.weight", [VocabularySize, HiddenSize]);
    }

    /// <summary>Throws unless the dimensions fit one another.</summary>
    /// <exception cref="ArgumentException">A size is not positive, heads are not divisible, or the head width is odd.</exception>
    public void Validate()
    {
        foreach (var size in new[] { VocabularySize, HiddenSize, IntermediateSize, Layers, Heads, KeyValueHeads, HeadSize, ContextLength })
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (Heads % KeyValueHeads != 0) throw new ArgumentException($"{Heads} heads are no multiple of {KeyValueHeads} key-value heads.");
        if (HeadSize % 2 != 0) throw new ArgumentException($"Rotary embedding needs an even head width, not {HeadSize}.");
    }
}
