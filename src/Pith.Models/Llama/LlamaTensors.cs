using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

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

    private const int MostNamed = 3;

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

    /// <summary>Checks that a checkpoint holds every tensor the model needs, as floating-point numbers of the right shape.</summary>
    /// <param name="config">The model.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="where">Its path, for messages.</param>
    /// <exception cref="PithException"><see cref="ModelsErrors.MissingTensor"/>, <see cref="ModelsErrors.WrongShape"/> or
    /// <see cref="ModelsErrors.UnknownTensorType"/>.</exception>
    public static void Check(LlamaConfig config, ITensorSource source, string where)
    {
        ArgumentNullException.ThrowIfNull(source);
        var expected = Expected(config);
        var missing = expected.Where(tensor => !source.Tensors.ContainsKey(tensor.Name)).Select(tensor => tensor.Name).ToList();
        if (missing.Count > 0)
        {
            var named = string.Join(", ", missing.Take(MostNamed));
            var more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
            throw new PithException(ModelsErrors.MissingTensor, $"{where}: expected {expected.Count} tensors, did not find {named}{more}");
        }

        foreach (var (name, shape) in expected)
        {
            var entry = source.Tensors[name];
            if (!entry.Shape.SequenceEqual(shape))
                throw new PithException(ModelsErrors.WrongShape, $"{where}: tensor `{name}`: expected shape {Names.Show(shape)}, found {Names.Show(entry.Shape)}");
            if (!entry.Type.IsFloat())
                throw new PithException(ModelsErrors.UnknownTensorType, $"{where}: tensor `{name}`: expected floating-point numbers, found {entry.Type.Name()}");
        }
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
