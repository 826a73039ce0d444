using System.Buffers;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>The <c>config.json</c> of a Hugging Face model directory, for the Llama family.</summary>
/// <remarks>Members that change the arithmetic in a way not implemented here are refused; members that do not are ignored.
/// Absent members have the defaults of the stock configuration classes. Thread-safe.</remarks>
public static class LlamaConfigJson
{
    private const int LargestHead = 4096;
    private const int LongestContext = 1 << 27;

    private static readonly string[] ExpertCounts = ["num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"];

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <exception cref="PithException">The text is no configuration (<see cref="ModelsErrors.BadConfig"/>), of another family
    /// (<see cref="ModelsErrors.UnknownArchitecture"/>), or asks for something not implemented (<see cref="ModelsErrors.UnsupportedFeature"/>).</exception>
    public static LlamaConfig Read(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonFields.Parse(json, name, ModelsErrors.BadConfig);
        var fields = new JsonFields(document.RootElement, name, ModelsErrors.BadConfig);
        var family = ReadFamily(fields, name);
        RefuseUnsupported(fields, name);

        var hidden = fields.Integer("hidden_size", LlamaFamily.HiddenSize, 1, ConfigJson.LargestWidth);
        var layers = fields.Integer("num_hidden_layers", LlamaFamily.Layers, 1, ConfigJson.MostLayers);
        var heads = fields.Integer("num_attention_heads", LlamaFamily.Heads, 1, ConfigJson.MostHeads);
        var kvHeads = fields.Integer("num_key_value_heads", fields.HasEvenNull("num_key_value_heads") ? heads : family.KvHeads ?? heads, 1, ConfigJson.MostHeads);
        if (heads % kvHeads != 0)
            throw Bad(name, $"`num_key_value_heads`: expected a divisor of the {heads} attention heads, found {kvHeads}");
        if (!fields.Has("head_dim") && hidden % heads != 0)
            throw Bad(name, $"`hidden_size`: expected a multiple of the {heads} attention heads, found {hidden}");
        var headSize = fields.Integer("head_dim", hidden / heads, 2, LargestHead);
        if (headSize % 2 != 0)
            throw Bad(name, $"`head_dim`: expected an even number, found {headSize}");
        var vocabulary = fields.Integer("vocab_size", family.VocabularySize, 1, ConfigJson.LargestVocabulary);
        var context = fields.Integer("max_position_embeddings", family.ContextLength, 1, LongestContext);
        var hasLlamaBias = family.ModelType == "llama" && fields.Truth("attention_bias", false);
        var (theta, scaling) = RopeJson.Read(fields, context, name);
        return new LlamaConfig
        {
            ModelType = family.ModelType,
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", family.IntermediateSize, 1, ConfigJson.LargestWidth),
            Layers = layers,
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = headSize,
            VocabularySize = vocabulary,
            ContextLength = context,
            NormEpsilon = (float)fields.Number("rms_norm_eps", LlamaFamily.NormEpsilon, 0, 1),
            RopeTheta = theta,
            RopeScaling = scaling,
            IsHeadTied = fields.Truth("tie_word_embeddings", false),
            HasQkvBias = family.ModelType == "qwen2" || hasLlamaBias,
            HasOutputBias = hasLlamaBias,
            HasMlpBias = family.ModelType == "llama" && fields.Truth("mlp_bias", false),
            SlidingWindow = ReadSlidingWindow(fields, family, layers, name),
            IsBitLinear = family.ModelType == LlamaFamily.BitLlama,
            BosId = ConfigJson.ReadIds(fields, "bos_token_id", family.BosId, vocabulary) is [var bos, ..] ? bos : null,
            EosIds = ConfigJson.ReadIds(fields, "eos_token_id", family.EosId, vocabulary),
        };
    }

    /// <summary>Writes a configuration with the keys of the hub, which <see cref="Read"/> and stock loaders read back.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="type">The type stock loaders should load the weights as: F32, BF16 or F16.</param>
    /// <param name="isPacked">Whether weights are packed as in our container: then stock loaders are told so, and refuse.</param>
    /// <exception cref="ArgumentException">The stock configuration cannot say it: biases on some projections of attention only, in a Llama.</exception>
    public static string Write(LlamaConfig config, TensorType type, bool isPacked = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var family = LlamaFamily.All.FirstOrDefault(family => family.ModelType == (config.IsBitLinear ? LlamaFamily.BitLlama : config.ModelType))
            ?? throw new ArgumentException($"expected one of {LlamaFamily.KnownNames}, found {config.ModelType}", nameof(config));
        if (family.ModelType == "llama" && config.HasQkvBias != config.HasOutputBias)
            throw new ArgumentException("expected biases on all projections of attention or on none", nameof(config));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(family.Architecture);
            writer.WriteEndArray();
            writer.WriteString("model_type", family.ModelType);
            ConfigJson.WriteType(writer, type);
            writer.WriteNumber("vocab_size", config.VocabularySize);
            writer.WriteNumber("hidden_size", config.HiddenSize);
            writer.WriteNumber("intermediate_size", config.IntermediateSize);
            writer.WriteNumber("num_hidden_layers", config.Layers);
            writer.WriteNumber("num_attention_heads", config.Heads);
            writer.WriteNumber("num_key_value_heads", config.KvHeads);
            writer.WriteNumber("head_dim", config.HeadSize);
            writer.WriteNumber("max_position_embeddings", config.ContextLength);
            writer.WriteString("hidden_act", "silu");
            writer.WriteNumber("rms_norm_eps", config.NormEpsilon);
            writer.WriteNumber("rope_theta", config.RopeTheta);
            RopeJson.Write(writer, config.RopeScaling);
            writer.WriteBoolean("tie_word_embeddings", config.IsHeadTied);
            WriteFamilySpecific(writer, config, family);
            ConfigJson.WriteIds(writer, "bos_token_id", config.BosId is { } bos ? [bos] : []);
            ConfigJson.WriteIds(writer, "eos_token_id", config.EosIds);
            writer.WriteBoolean("use_cache", true);
            if (isPacked)
                ConfigJson.WritePacked(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteFamilySpecific(Utf8JsonWriter writer, LlamaConfig config, LlamaFamily family)
    {
        switch (family.ModelType)
        {
            case "llama":
                writer.WriteBoolean("attention_bias", config.HasQkvBias);
                writer.WriteBoolean("mlp_bias", config.HasMlpBias);
                break;
            case "mistral" when config.SlidingWindow is { } window:
                writer.WriteNumber("sliding_window", window);
                break;
            case "mistral":
                writer.WriteNull("sliding_window");
                break;
            case "qwen2":
                writer.WriteBoolean("use_sliding_window", config.SlidingWindow is not null);
                if (config.SlidingWindow is { } qwenWindow)
                    writer.WriteNumber("sliding_window", qwenWindow);
                writer.WriteNumber("max_window_layers", config.SlidingWindow is null ? config.Layers : 0);
                break;
        }
    }

    private static LlamaFamily ReadFamily(JsonFields fields, string name)
    {
        var type = fields.Text("model_type");
        var architectures = fields.Texts("architectures");
        var family = LlamaFamily.All.FirstOrDefault(family => type is null
            ? architectures.Contains(family.Architecture, StringComparer.Ordinal)
            : family.ModelType == type);
        var found = type ?? (architectures.Count > 0 ? architectures[0] : "none");
        if (family is null)
            throw new PithException(ModelsErrors.UnknownArchitecture, $"{name}: expected one of {LlamaFamily.KnownNames}, found {Names.Show(found)}");
        if (architectures.Count > 0 && !architectures.Contains(family.Architecture, StringComparer.Ordinal))
            throw new PithException(ModelsErrors.UnknownArchitecture, $"{name}: `architectures`: expected {family.Architecture}, found {Names.Show(string.Join(", ", architectures))}");
        return family;
    }

    private static void RefuseUnsupported(JsonFields fields, string name)
    {
        ConfigJson.RefuseForeignWeights(fields, name);
        foreach (var member in new[] { "hidden_act", "hidden_activation" })
        {
            if (fields.Text(member) is { } act && act is not ("silu" or "swish"))
                throw ConfigJson.Unsupported(name, member, "silu", act);
        }

        foreach (var member in ExpertCounts)
        {
            if (fields.Has(member) && fields.Integer(member, null, 0, int.MaxValue) > 1)
                throw ConfigJson.Unsupported(name, member, "one MLP a block", "a mixture of experts");
        }

        if (fields.Number("partial_rotary_factor", 1, 0, 1) < 1)
            throw ConfigJson.Unsupported(name, "partial_rotary_factor", "rotary positions over the whole head", "a part of it");
    }

    // Mistral: a window for all layers, 4096 where the file is silent. Qwen2: only when switched on, and then from the layer
    // max_window_layers on. layer_types, where present, says the same layer by layer.
    private static int? ReadSlidingWindow(JsonFields fields, LlamaFamily family, int layers, string name)
    {
        if (family.ModelType is not ("mistral" or "qwen2"))
            return null;
        if (family.ModelType == "qwen2" && !fields.Truth("use_sliding_window", false))
            return null;
        if (fields.HasEvenNull("sliding_window") && !fields.Has("sliding_window"))
            return null;
        const int DefaultWindow = 4096;
        const int DefaultFirstLayer = 28;
        var window = fields.Integer("sliding_window", DefaultWindow, 1, LongestContext);
        var types = fields.Texts("layer_types");
        var sliding = types.Count > 0
            ? types.Count(type => type == "sliding_attention")
            : family.ModelType == "qwen2" ? layers - Math.Min(layers, fields.Integer("max_window_layers", DefaultFirstLayer, 0, int.MaxValue)) : layers;
        if (sliding == 0)
            return null;
        return sliding == (types.Count > 0 ? types.Count : layers)
            ? window
            : throw ConfigJson.Unsupported(name, "sliding_window", "one window for all layers", $"a window on {sliding} of {layers} layers");
    }

    private static PithException Bad(string name, string what) => new(ModelsErrors.BadConfig, $"{name}: {what}");

}
