using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>How a Hugging Face configuration writes rotary positions.</summary>
/// <remarks>Two spellings: <c>rope_theta</c> beside <c>rope_scaling</c> with <c>type</c> or <c>rope_type</c>; or, newer, all of
/// it in <c>rope_parameters</c>. Source: github huggingface/transformers, modeling_rope_utils.py.</remarks>
internal static class RopeJson
{
    private const double LargestFactor = 1 << 20;
    private const double LargestTheta = 1e15;

    private static readonly (RopeScalingKind Kind, string Name)[] Names =
    [
        (RopeScalingKind.None, "default"), (RopeScalingKind.Linear, "linear"), (RopeScalingKind.Dynamic, "dynamic"),
        (RopeScalingKind.Llama3, "llama3"), (RopeScalingKind.Yarn, "yarn"),
    ];

    public static (double Theta, RopeScaling Scaling) Read(JsonFields config, int context, string name)
    {
        var newer = config.Object("rope_parameters");
        var theta = config.Number("rope_theta", LlamaFamily.RopeTheta, 1, LargestTheta);
        if (newer is { } parameters)
            theta = parameters.Number("rope_theta", theta, 1, LargestTheta);
        var rope = newer ?? config.Object("rope_scaling");
        if (rope is not { } fields)
            return (theta, RopeScaling.None);

        var text = fields.Text("rope_type") ?? fields.Text("type") ?? "default";
        var row = Array.Find(Names, row => row.Name == text);
        if (row.Name is null)
        {
            throw new PithException(
                ModelsErrors.UnsupportedFeature,
                $"{name}: rope scaling: expected one of {string.Join(", ", Names.Select(known => known.Name))}, found {Checkpoints.Names.Show(text)}");
        }

        return (theta, row.Kind == RopeScalingKind.None ? RopeScaling.None : ReadScaling(row.Kind, fields, config, context, name));
    }

    public static void Write(Utf8JsonWriter writer, RopeScaling scaling)
    {
        if (scaling.Kind == RopeScalingKind.None)
        {
            writer.WriteNull("rope_scaling");
            return;
        }

        var text = Array.Find(Names, row => row.Kind == scaling.Kind).Name;
        writer.WriteStartObject("rope_scaling");
        writer.WriteString("rope_type", text);
        writer.WriteString("type", text); // the older spelling, for older loaders
        writer.WriteNumber("factor", scaling.Factor);
        if (scaling.OriginalContext is { } original)
            writer.WriteNumber("original_max_position_embeddings", original);
        if (scaling.Kind == RopeScalingKind.Llama3)
        {
            writer.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
            writer.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
        }

        if (scaling.Kind == RopeScalingKind.Yarn)
        {
            writer.WriteNumber("beta_fast", scaling.BetaFast);
            writer.WriteNumber("beta_slow", scaling.BetaSlow);
            if (scaling.AttentionFactor is { } attention)
                writer.WriteNumber("attention_factor", attention);
        }

        writer.WriteEndObject();
    }

    private static RopeScaling ReadScaling(RopeScalingKind kind, JsonFields fields, JsonFields config, int context, string name)
    {
        var factor = fields.Number("factor", null, 1, LargestFactor);
        const string Original = "original_max_position_embeddings";
        int? original = fields.Has(Original) ? fields.Integer(Original, null, 1, int.MaxValue)
            : config.Has(Original) ? config.Integer(Original, null, 1, int.MaxValue)
            : null;
        var scaling = new RopeScaling(kind, factor, OriginalContext: original);
        switch (kind)
        {
            case RopeScalingKind.Llama3:
                var low = fields.Number("low_freq_factor", null, 1e-6, LargestFactor);
                var high = fields.Number("high_freq_factor", null, 1e-6, LargestFactor);
                if (high <= low)
                    throw new PithException(ModelsErrors.BadConfig, $"{name}: rope scaling: expected high_freq_factor above low_freq_factor, found {high} and {low}");
                return scaling with { LowFrequencyFactor = low, HighFrequencyFactor = high, OriginalContext = original ?? context };
            case RopeScalingKind.Yarn:
                if (!fields.Truth("truncate", true))
                    throw new PithException(ModelsErrors.UnsupportedFeature, $"{name}: rope scaling: `truncate`: expected true, found false");
                return scaling with
                {
                    BetaFast = fields.Number("beta_fast", 32, 1e-6, LargestFactor),
                    BetaSlow = fields.Number("beta_slow", 1, 1e-6, LargestFactor),
                    OriginalContext = original ?? context,
                    AttentionFactor = ReadAttentionFactor(fields, factor),
                };
            default:
                return scaling with { OriginalContext = original ?? context };
        }
    }

    // Given as it is, or as the quotient of two temperatures 0.1 · m · ln(factor) + 1.
    private static double? ReadAttentionFactor(JsonFields fields, double factor)
    {
        if (fields.Has("attention_factor"))
            return fields.Number("attention_factor", null, 1e-6, LargestFactor);
        var mscale = fields.Number("mscale", 0, 0, LargestFactor);
        var mscaleAll = fields.Number("mscale_all_dim", 0, 0, LargestFactor);
        return mscale > 0 && mscaleAll > 0 ? Temperature(mscale) / Temperature(mscaleAll) : null;

        double Temperature(double m) => (0.1 * m * Math.Log(factor)) + 1;
    }
}
