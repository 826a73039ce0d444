using Pith.Core.Diagnostics;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>The metadata of a model as llama.cpp wants them.</summary>
/// <remarks>Source: gguf-py/gguf/constants.py and convert_hf_to_gguf.py of github ggml-org/llama.cpp (the keys).</remarks>
internal static class GgufModelPairs
{
    private const int QuantizationVersion = 2;

    /// <summary>The architecture under which llama.cpp knows a model.</summary>
    public static string Architecture(LlamaConfig config) => config.ModelType == "qwen2" ? "qwen2" : "llama";

    /// <summary>Builds the pairs.</summary>
    /// <param name="config">The model.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="type">How it is stored.</param>
    /// <param name="vocabulary">Its vocabulary; null for none.</param>
    /// <exception cref="PithException">llama.cpp cannot compute the model (<see cref="ModelsErrors.CannotWriteGguf"/>).</exception>
    public static GgufPairs Build(LlamaConfig config, string name, GgufExportType type, GgufVocabulary? vocabulary)
    {
        var pairs = new GgufPairs();
        var architecture = Architecture(config);
        pairs.Add("general.architecture", architecture);
        pairs.Add("general.type", "model");
        pairs.Add("general.name", name);
        pairs.AddInteger("general.file_type", type.FileType);
        pairs.AddInteger("general.quantization_version", QuantizationVersion);
        pairs.AddInteger(architecture + ".context_length", config.ContextLength);
        pairs.AddInteger(architecture + ".embedding_length", config.HiddenSize);
        pairs.AddInteger(architecture + ".block_count", config.Layers);
        pairs.AddInteger(architecture + ".feed_forward_length", config.IntermediateSize);
        pairs.AddInteger(architecture + ".vocab_size", config.VocabularySize);
        pairs.AddInteger(architecture + ".attention.head_count", config.Heads);
        pairs.AddInteger(architecture + ".attention.head_count_kv", config.KvHeads);
        pairs.AddInteger(architecture + ".attention.key_length", config.HeadSize);
        pairs.AddInteger(architecture + ".attention.value_length", config.HeadSize);
        pairs.AddNumber(architecture + ".attention.layer_norm_rms_epsilon", config.NormEpsilon);
        pairs.AddInteger(architecture + ".rope.dimension_count", config.HeadSize);
        pairs.AddNumber(architecture + ".rope.freq_base", config.RopeTheta);
        AddScaling(pairs, architecture + ".rope.scaling.", config.RopeScaling);
        AddVocabulary(pairs, config, vocabulary);
        return pairs;
    }

    // Llama 3.1's scaling is a tensor, not metadata.
    private static void AddScaling(GgufPairs pairs, string prefix, RopeScaling scaling)
    {
        switch (scaling.Kind)
        {
            case RopeScalingKind.None or RopeScalingKind.Llama3:
                return;
            case RopeScalingKind.Linear or RopeScalingKind.Yarn:
                pairs.Add(prefix + "type", scaling.Kind == RopeScalingKind.Linear ? "linear" : "yarn");
                pairs.AddNumber(prefix + "factor", scaling.Factor);
                pairs.AddInteger(prefix + "original_context_length", scaling.OriginalContext);
                if (scaling.AttentionFactor is { } attention)
                    pairs.AddNumber(prefix + "attn_factor", attention / ((0.1 * Math.Log(scaling.Factor)) + 1));
                return;
            default:
                throw new PithException(ModelsErrors.CannotWriteGguf, $"expected rotary positions which llama.cpp scales (linear, yarn, llama3), found {scaling.Kind}");
        }
    }

    private static void AddVocabulary(GgufPairs pairs, LlamaConfig config, GgufVocabulary? vocabulary)
    {
        const string Prefix = GgufVocabulary.Prefix;
        if (vocabulary is null)
        {
            pairs.Add(Prefix + "model", GgufVocabulary.None);
            pairs.AddInteger(Prefix + "bos_token_id", config.BosId);
            pairs.AddInteger(Prefix + "eos_token_id", config.EosIds.Count > 0 ? config.EosIds[0] : null);
            return;
        }

        pairs.Add(Prefix + "model", vocabulary.Model);
        pairs.Add(Prefix + "pre", vocabulary.Pre);
        pairs.Add(Prefix + "tokens", vocabulary.Tokens);
        if (vocabulary.Scores.Count > 0)
            pairs.Add(Prefix + "scores", vocabulary.Scores);
        pairs.Add(Prefix + "token_type", vocabulary.Types.Select(type => (int)type));
        if (vocabulary.Model == GgufVocabulary.Gpt2)
            pairs.Add(Prefix + "merges", vocabulary.Merges);
        pairs.AddInteger(Prefix + "bos_token_id", vocabulary.BosId);
        pairs.AddInteger(Prefix + "eos_token_id", vocabulary.EosId);
        pairs.AddInteger(Prefix + "eot_token_id", vocabulary.EotId);
        pairs.AddInteger(Prefix + "unknown_token_id", vocabulary.UnknownId);
        pairs.Add(Prefix + "add_bos_token", vocabulary.AddsBos);
        pairs.Add(Prefix + "add_space_prefix", vocabulary.AddsSpace);
        pairs.Add(GgufVocabulary.ChatTemplateKey, vocabulary.ChatTemplate);
    }
}
