using Pith.Core.Diagnostics;
using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Gguf;

/// <summary>How GGUF files say that rotary frequencies are scaled.</summary>
/// <remarks>Linear scaling and YaRN are metadata. Llama 3.1's is a tensor of divisors, one a pair, from which the numbers of its
/// configuration are found again: the factor is the largest divisor, and the rest must be one of the published sets.</remarks>
internal static class GgufRope
{
    private const double LargestFactor = 1 << 20;
    private const double Tolerance = 1e-4;
    private const string Prefix = "rope.scaling.";

    // Low and high frequency factor and the first context of the models that have been published.
    private static readonly (double Low, double High, int Original)[] Published = [(1, 4, 8192)];

    /// <summary>Reads the scaling.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="architecture">The prefix of its keys.</param>
    /// <param name="context">The context in tokens.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="factors">The divisors; null for none.</param>
    public static RopeScaling Read(GgufMetadata metadata, string architecture, int context, int headSize, float[]? factors)
    {
        var prefix = architecture + "." + Prefix;
        if (factors is not null)
            return FromFactors(metadata, architecture, headSize, factors);
        var type = metadata.Text(prefix + "type");
        var legacy = metadata.Number(architecture + ".rope.scale_linear", 1, 0, LargestFactor);
        var factor = metadata.Number(prefix + "factor", legacy, 0, LargestFactor);
        int? original = metadata.Has(prefix + "original_context_length") ? metadata.Integer(prefix + "original_context_length", null, 1, int.MaxValue) : null;
        switch (type)
        {
            case null when factor <= 1:
            case "none":
            case "linear" when factor <= 1:
                return RopeScaling.None;
            case null or "linear":
                return new RopeScaling(RopeScalingKind.Linear, factor, OriginalContext: original ?? context);
            case "yarn":
                var attention = metadata.Number(prefix + "attn_factor", 1, 0, LargestFactor);
                return new RopeScaling(
                    RopeScalingKind.Yarn,
                    Math.Max(factor, 1),
                    OriginalContext: original ?? context,
                    AttentionFactor: attention is 1 or 0 ? null : attention * ((0.1 * Math.Log(Math.Max(factor, 1))) + 1));
            default:
                throw new PithException(ModelsErrors.UnsupportedFeature, $"{metadata.Path}: `{prefix}type`: expected none, linear or yarn, found {Names.Show(type)}");
        }
    }

    /// <summary>The divisors of a scaling of Llama 3.1, one a pair.</summary>
    /// <param name="config">A model with <see cref="RopeScalingKind.Llama3"/>.</param>
    public static float[] Factors(LlamaConfig config)
    {
        var scaled = new RotaryFrequencies(config, 1).RadiansPerToken;
        var plain = new RotaryFrequencies(config with { RopeScaling = RopeScaling.None }, 1).RadiansPerToken;
        return [.. plain.Zip(scaled, (before, after) => (float)(before / after))];
    }

    private static RopeScaling FromFactors(GgufMetadata metadata, string architecture, int headSize, float[] factors)
    {
        if (factors.Length != headSize / 2 || !factors.All(float.IsFinite) || factors.Min() <= 0)
            throw Unsupported($"{headSize / 2} positive numbers");
        if (factors.All(factor => Math.Abs(factor - 1) < Tolerance))
            return RopeScaling.None;
        var theta = metadata.Number(architecture + ".rope.freq_base", LlamaFamily.RopeTheta, 1, 1e15);
        foreach (var (low, high, original) in Published)
        {
            var scaling = new RopeScaling(RopeScalingKind.Llama3, factors.Max(), low, high, original);
            var config = new LlamaConfig
            {
                ModelType = architecture, HiddenSize = headSize, IntermediateSize = 1, Layers = 1, Heads = 1, KvHeads = 1,
                HeadSize = headSize, VocabularySize = 1, ContextLength = original, RopeTheta = theta, RopeScaling = scaling,
            };
            if (Factors(config).Zip(factors).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * pair.First))
                return scaling;
        }

        throw Unsupported("the divisors of a published Llama 3 model");

        PithException Unsupported(string expected) =>
            new(ModelsErrors.UnsupportedFeature, $"{metadata.Path}: tensor `{GgufNames.RopeFactors}`: expected {expected}, found others");
    }
}
