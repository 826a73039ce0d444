namespace Pith.Models.Llama;

/// <summary>The tensors which a model of the Llama family has, by hub name.</summary>
public static class LlamaTensors
{
    /// <summary>The embedding [vocabulary, hidden].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>The gain of the last norm [hidden].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>The output matrix [vocabulary, hidden] of a model whose head is not tied.</summary>
    public const string Head = "lm_head.weight";

    /// <summary>Every tensor the model needs with its shape, in the order of computation.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Expected(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var tensors = new List<(string Name, IReadOnlyList<long> Shape)> { (Embedding, [config.VocabularySize, config.HiddenSize]) };
        for (var layer = 0; layer < config.Layers; layer++)
            AddLayer(tensors, config, $"model.layers.{layer}.");
        tensors.Add((FinalNorm, [config.HiddenSize]));
        if (!config.IsHeadTied)
            tensors.Add((Head, [config.VocabularySize, config.HiddenSize]));
        return tensors;
    }

    private static void AddLayer(List<(string Name, IReadOnlyList<long> Shape)> tensors, LlamaConfig config, string prefix)
    {
        long hidden = config.HiddenSize, mlp = config.IntermediateSize, query = config.QuerySize, kv = config.KvSize;
        if (!config.IsBitLinear)
            tensors.Add((prefix + "input_layernorm.weight", [hidden]));
        AddLinear("self_attn.q_proj", query, hidden, config.HasQkvBias);
        AddLinear("self_attn.k_proj", kv, hidden, config.HasQkvBias);
        AddLinear("self_attn.v_proj", kv, hidden, config.HasQkvBias);
        AddLinear("self_attn.o_proj", hidden, query, config.HasOutputBias);
        if (!config.IsBitLinear)
            tensors.Add((prefix + "post_attention_layernorm.weight", [hidden]));
        AddLinear("mlp.gate_proj", mlp, hidden, config.HasMlpBias);
        AddLinear("mlp.up_proj", mlp, hidden, config.HasMlpBias);
        AddLinear("mlp.down_proj", hidden, mlp, config.HasMlpBias);

        void AddLinear(string name, long outputs, long inputs, bool hasBias)
        {
            tensors.Add((prefix + name + ".weight", [outputs, inputs]));
            if (hasBias)
                tensors.Add((prefix + name + ".bias", [outputs]));
        }
    }
}
