using System.Text.Json;
using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>What the configurations of all families have in common.</summary>
internal static class ConfigJson
{
    /// <summary>Widest layer.</summary>
    public const int LargestWidth = 1 << 20;

    /// <summary>Most transformer blocks.</summary>
    public const int MostLayers = 4096;

    /// <summary>Most attention heads.</summary>
    public const int MostHeads = 1 << 14;

    /// <summary>Most token ids.</summary>
    public const int LargestVocabulary = 1 << 24;

    /// <summary>Most rows of a table of positions.</summary>
    public const int MostPositions = 1 << 24;

    /// <summary>The <c>quant_method</c> of our container.</summary>
    private const string PackedMethod = "pith";

    /// <summary>Refuses checkpoints which others quantized.</summary>
    public static void RefuseForeignWeights(JsonFields fields, string name)
    {
        if (fields.Object("quantization_config") is { } quantization && quantization.Text("quant_method") is var method && method != PackedMethod)
            throw Unsupported(name, "quantization_config", "plain BF16, F16 or F32 weights", method ?? "a quantized checkpoint");
    }

    /// <summary>Reads ids, one or several.</summary>
    /// <remarks>An id outside the vocabulary can never be met, and some files carry one.</remarks>
    public static List<int> ReadIds(JsonFields fields, string member, int? otherwise, int vocabulary)
    {
        IEnumerable<int> ids = fields.HasEvenNull(member) ? fields.Integers(member) : otherwise is { } id ? [id] : [];
        return [.. ids.Where(id => id >= 0 && id < vocabulary).Distinct()];
    }

    /// <summary>Writes the type which stock loaders should load the weights as.</summary>
    public static void WriteType(Utf8JsonWriter writer, TensorType type) =>
        writer.WriteString("torch_dtype", type switch { TensorType.BF16 => "bfloat16", TensorType.F16 => "float16", _ => "float32" });

    /// <summary>Says that weights are packed as in our container, so that stock loaders refuse them.</summary>
    public static void WritePacked(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("quantization_config");
        writer.WriteString("quant_method", PackedMethod);
        writer.WriteEndObject();
    }

    /// <summary>Writes no id, one or several.</summary>
    public static void WriteIds(Utf8JsonWriter writer, string name, IReadOnlyList<int> ids)
    {
        switch (ids.Count)
        {
            case 0:
                writer.WriteNull(name);
                break;
            case 1:
                writer.WriteNumber(name, ids[0]);
                break;
            default:
                writer.WriteStartArray(name);
                foreach (var id in ids)
                    writer.WriteNumberValue(id);
                writer.WriteEndArray();
                break;
        }
    }

    /// <summary>The error for a member which asks for something not implemented.</summary>
    public static PithException Unsupported(string name, string member, string expected, string found) =>
        new(ModelsErrors.UnsupportedFeature, $"{name}: `{member}`: expected {expected}, found {Names.Show(found)}");
}
