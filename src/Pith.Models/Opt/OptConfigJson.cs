using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Models.Opt;

/// <summary>The <c>config.json</c> of an OPT model.</summary>
/// <remarks>Absent members have the defaults of the stock configuration class. Thread-safe.</remarks>
public static class OptConfigJson
{
    /// <summary>The <c>model_type</c>.</summary>
    internal const string ModelType = "opt";

    /// <summary>The entry of <c>architectures</c>.</summary>
    internal const string Architecture = "OPTForCausalLM";

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <exception cref="PithException">The text is no configuration (<see cref="ModelsErrors.BadConfig"/>), or asks for something not implemented
    /// (<see cref="ModelsErrors.UnsupportedFeature"/>).</exception>
    public static OptConfig Read(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonFields.Parse(json, name, ModelsErrors.BadConfig);
        var fields = new JsonFields(document.RootElement, name, ModelsErrors.BadConfig);
        ConfigJson.RefuseForeignWeights(fields, name);
        if (fields.Text("activation_function") is { } activation && activation != "relu")
            throw ConfigJson.Unsupported(name, "activation_function", "relu", activation);
        var hidden = fields.Integer("hidden_size", 768, 1, ConfigJson.LargestWidth);
        var heads = fields.Integer("num_attention_heads", 12, 1, ConfigJson.MostHeads);
        if (hidden % heads != 0)
            throw new PithException(ModelsErrors.BadConfig, $"{name}: `hidden_size`: expected a multiple of the {heads} attention heads, found {hidden}");
        var vocabulary = fields.Integer("vocab_size", 50272, 1, ConfigJson.LargestVocabulary);
        var normsFirst = fields.Truth("do_layer_norm_before", true);
        return new OptConfig
        {
            ModelType = ModelType,
            HiddenSize = hidden,
            EmbeddingSize = fields.Integer("word_embed_proj_dim", hidden, 1, ConfigJson.LargestWidth),
            IntermediateSize = fields.Integer("ffn_dim", 3072, 1, ConfigJson.LargestWidth),
            Layers = fields.Integer("num_hidden_layers", 12, 1, ConfigJson.MostLayers),
            Heads = heads,
            KvHeads = heads,
            HeadSize = hidden / heads,
            VocabularySize = vocabulary,
            ContextLength = fields.Integer("max_position_embeddings", 2048, 1, ConfigJson.MostPositions),
            NormsFirst = normsFirst,
            HasFinalNorm = normsFirst && !fields.Truth("_remove_final_layer_norm", false),
            HasBias = fields.Truth("enable_bias", true),
            HasNormWeights = fields.Truth("layer_norm_elementwise_affine", true),
            IsHeadTied = fields.Truth("tie_word_embeddings", true),
            BosId = ConfigJson.ReadIds(fields, "bos_token_id", 2, vocabulary) is [var bos, ..] ? bos : null,
            EosIds = ConfigJson.ReadIds(fields, "eos_token_id", 2, vocabulary),
        };
    }

    /// <summary>Writes a configuration with the keys of the hub, which <see cref="Read"/> and stock loaders read back.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="type">The type stock loaders should load the weights as: F32, BF16 or F16.</param>
    /// <param name="isPacked">Whether weights are packed as in our container.</param>
    public static string Write(OptConfig config, TensorType type, bool isPacked = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(Architecture);
            writer.WriteEndArray();
            writer.WriteString("model_type", ModelType);
            ConfigJson.WriteType(writer, type);
            writer.WriteNumber("vocab_size", config.VocabularySize);
            writer.WriteNumber("hidden_size", config.HiddenSize);
            writer.WriteNumber("word_embed_proj_dim", config.EmbeddingSize);
            writer.WriteNumber("ffn_dim", config.IntermediateSize);
            writer.WriteNumber("num_hidden_layers", config.Layers);
            writer.WriteNumber("num_attention_heads", config.Heads);
            writer.WriteNumber("max_position_embeddings", config.ContextLength);
            writer.WriteString("activation_function", "relu");
            writer.WriteBoolean("do_layer_norm_before", config.NormsFirst);
            writer.WriteBoolean("_remove_final_layer_norm", config.NormsFirst && !config.HasFinalNorm);
            writer.WriteBoolean("enable_bias", config.HasBias);
            writer.WriteBoolean("layer_norm_elementwise_affine", config.HasNormWeights);
            writer.WriteBoolean("tie_word_embeddings", config.IsHeadTied);
            ConfigJson.WriteIds(writer, "bos_token_id", config.BosId is { } bos ? [bos] : []);
            ConfigJson.WriteIds(writer, "eos_token_id", config.EosIds);
            if (isPacked)
                ConfigJson.WritePacked(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
