using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Bert;

/// <summary>The <c>config.json</c> of an encoder of the BERT family.</summary>
/// <remarks>Absent members have the defaults of the stock configuration classes; the head is what <c>architectures</c> names. Thread-safe.</remarks>
public static class BertConfigJson
{
    private const int MostLabels = 1 << 16;
    private const int DefaultLabels = 2;
    private const string MultiLabel = "multi_label_classification";

    private static readonly (string Name, MlpActivation Activation)[] s_activations =
    [
        ("gelu", MlpActivation.Gelu), ("gelu_new", MlpActivation.GeluTanh), ("relu", MlpActivation.Relu),
        ("gelu_pytorch_tanh", MlpActivation.GeluTanh), ("gelu_python", MlpActivation.Gelu),
    ];

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <exception cref="PithException">The text is no configuration (<see cref="ModelsErrors.BadConfig"/>), is of another family
    /// (<see cref="ModelsErrors.UnknownArchitecture"/>), or asks for something not implemented (<see cref="ModelsErrors.UnsupportedFeature"/>).</exception>
    public static BertConfig Read(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonFields.Parse(json, name, ModelsErrors.BadConfig);
        var fields = new JsonFields(document.RootElement, name, ModelsErrors.BadConfig);
        var architectures = fields.Texts("architectures");
        var type = fields.Text("model_type");
        var family = BertFamily.All.FirstOrDefault(family => type is null
            ? family.Architectures.Intersect(architectures, StringComparer.Ordinal).Any()
            : family.ModelType == type)
            ?? throw new PithException(
                ModelsErrors.UnknownArchitecture,
                $"{name}: expected one of {string.Join(", ", BertFamily.All.Select(family => family.ModelType))}, found {Names.Show(type ?? "none")}");
        RefuseUnsupported(fields, name);

        var keys = family.Keys;
        var hidden = fields.Integer(keys.Hidden, BertFamily.HiddenSize, 1, ConfigJson.LargestWidth);
        var heads = fields.Integer(keys.Heads, BertFamily.Heads, 1, ConfigJson.MostHeads);
        if (hidden % heads != 0)
            throw new PithException(ModelsErrors.BadConfig, $"{name}: `{keys.Hidden}`: expected a multiple of the {heads} attention heads, found {hidden}");
        var vocabulary = fields.Integer("vocab_size", family.VocabularySize, 1, ConfigJson.LargestVocabulary);
        var pad = fields.Integer("pad_token_id", family.PadId, 0, vocabulary - 1);
        var first = family.CountsFromPadding ? pad + 1 : 0;
        var positions = fields.Integer("max_position_embeddings", BertFamily.Positions, first + 1, ConfigJson.MostPositions);
        var head = family.HeadOf(architectures);
        var hasLabels = head is EncoderHead.Sequence or EncoderHead.Token;
        return new BertConfig
        {
            ModelType = family.ModelType,
            Head = head,
            HiddenSize = hidden,
            IntermediateSize = fields.Integer(keys.Intermediate, BertFamily.IntermediateSize, 1, ConfigJson.LargestWidth),
            Layers = fields.Integer(keys.Layers, family.Layers, 1, ConfigJson.MostLayers),
            Heads = heads,
            KvHeads = heads,
            HeadSize = hidden / heads,
            VocabularySize = vocabulary,
            Positions = positions,
            ContextLength = positions - first,
            Types = family.Types == 0 ? 0 : fields.Integer("type_vocab_size", family.Types, 0, ConfigJson.LargestWidth),
            PadId = pad,
            NormEpsilon = family.IsDistil ? BertFamily.NormEpsilon : (float)fields.Number("layer_norm_eps", BertFamily.NormEpsilon, 0, 1),
            Activation = ReadActivation(fields, keys.Activation, name),
            HasPooler = head == EncoderHead.None && !family.IsDistil,
            IsHeadTied = head == EncoderHead.MaskedToken && fields.Truth("tie_word_embeddings", true),
            Labels = hasLabels ? ReadLabels(fields, name) : [],
            IsMultiLabel = head == EncoderHead.Sequence && fields.Text("problem_type") == MultiLabel,
        };
    }

    /// <summary>Writes a configuration with the keys of the hub, which <see cref="Read"/> and stock loaders read back.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="type">The type stock loaders should load the weights as: F32, BF16 or F16.</param>
    /// <param name="isPacked">Whether weights are packed as in our container.</param>
    public static string Write(BertConfig config, TensorType type, bool isPacked = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (family, keys) = (config.Family, config.Family.Keys);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(family.Architecture(config.Head));
            writer.WriteEndArray();
            writer.WriteString("model_type", family.ModelType);
            ConfigJson.WriteType(writer, type);
            writer.WriteNumber("vocab_size", config.VocabularySize);
            writer.WriteNumber(keys.Hidden, config.HiddenSize);
            writer.WriteNumber(keys.Intermediate, config.IntermediateSize);
            writer.WriteNumber(keys.Layers, config.Layers);
            writer.WriteNumber(keys.Heads, config.Heads);
            writer.WriteNumber("max_position_embeddings", config.Positions);
            if (!family.IsDistil)
            {
                writer.WriteNumber("type_vocab_size", config.Types);
                writer.WriteNumber("layer_norm_eps", config.NormEpsilon);
                writer.WriteString("position_embedding_type", "absolute");
            }

            writer.WriteString(keys.Activation, Array.Find(s_activations, row => row.Activation == config.Activation).Name);
            writer.WriteNumber("pad_token_id", config.PadId);
            writer.WriteBoolean("tie_word_embeddings", config.Head != EncoderHead.MaskedToken || config.IsHeadTied);
            if (config.Labels.Count > 0)
                WriteLabels(writer, config.Labels);
            if (config.Head == EncoderHead.Sequence && config.Labels.Count > 1)
                writer.WriteString("problem_type", config.IsMultiLabel ? MultiLabel : "single_label_classification");
            if (isPacked)
                ConfigJson.WritePacked(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void RefuseUnsupported(JsonFields fields, string name)
    {
        ConfigJson.RefuseForeignWeights(fields, name);
        if (fields.Text("position_embedding_type") is { } positions && positions != "absolute")
            throw ConfigJson.Unsupported(name, "position_embedding_type", "absolute", positions);
        foreach (var member in new[] { "is_decoder", "add_cross_attention" })
        {
            if (fields.Truth(member, false))
                throw ConfigJson.Unsupported(name, member, "an encoder", "true");
        }

        if (fields.Object("pruned_heads") is { } pruned && pruned.MemberNames().Any())
            throw ConfigJson.Unsupported(name, "pruned_heads", "blocks with all heads", "some without");
    }

    private static MlpActivation ReadActivation(JsonFields fields, string member, string name)
    {
        var text = fields.Text(member) ?? s_activations[0].Name;
        var row = Array.Find(s_activations, row => row.Name == text);
        return row.Name is null
            ? throw ConfigJson.Unsupported(name, member, string.Join(", ", s_activations.Select(row => row.Name)), text)
            : row.Activation;
    }

    private static string[] ReadLabels(JsonFields fields, string name)
    {
        if (fields.Object("id2label") is { } map && map.MemberNames().Any())
        {
            var labels = new string?[Math.Min(map.MemberNames().Count(), MostLabels + 1)];
            if (labels.Length > MostLabels)
                throw new PithException(ModelsErrors.BadConfig, $"{name}: `id2label`: expected at most {MostLabels} labels, found more");
            foreach (var key in map.MemberNames())
            {
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= labels.Length || labels[index] is not null)
                    throw new PithException(ModelsErrors.BadConfig, $"{name}: `id2label`: expected the keys 0 to {labels.Length - 1}, found {Names.Show(key)}");
                labels[index] = map.Text(key) ?? throw map.Wrong(key, "a string");
            }

            return labels!;
        }

        var count = fields.Integer("num_labels", DefaultLabels, 1, MostLabels);
        return [.. Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"LABEL_{index}"))];
    }

    private static void WriteLabels(Utf8JsonWriter writer, IReadOnlyList<string> labels)
    {
        writer.WriteStartObject("id2label");
        for (var index = 0; index < labels.Count; index++)
            writer.WriteString(index.ToString(CultureInfo.InvariantCulture), labels[index]);
        writer.WriteEndObject();
        writer.WriteStartObject("label2id");
        foreach (var label in labels.Distinct(StringComparer.Ordinal))
            writer.WriteNumber(label, labels.Index().First(pair => pair.Item == label).Index);
        writer.WriteEndObject();
    }
}
