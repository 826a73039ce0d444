using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Models.Checkpoints;

namespace Pith.Models.Llama;

/// <summary>Reads the tensors of a Llama model, checking each against the configuration.</summary>
internal sealed class LlamaLoader(LlamaConfig config, ITensorSource source)
{
    public const string EmbeddingName = "model.embed_tokens.weight";
    public const string NormName = "model.norm.weight";
    public const string HeadName = "lm_head.weight";

    public float[] Embedding() => Numbers(EmbeddingName, config.VocabularySize, config.HiddenSize);

    public float[] Norm() => Numbers(NormName, config.HiddenSize);

    public LinearWeight Head(float[] embedding) => config.IsHeadTied
        ? new DenseWeight(embedding, config.VocabularySize, config.HiddenSize)
        : Weight(HeadName, config.VocabularySize, config.HiddenSize);

    public LlamaLayer Layer(int layer)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
        var shapes = config.Sites.Where(shape => shape.Site.Layer == layer).ToDictionary(shape => shape.Site.Kind);
        return new LlamaLayer
        {
            AttentionNorm = config.IsBitLinear ? [] : Numbers(prefix + "input_layernorm.weight", config.HiddenSize),
            MlpNorm = config.IsBitLinear ? [] : Numbers(prefix + "post_attention_layernorm.weight", config.HiddenSize),
            Weights = [.. LlamaLayer.Kinds.Select(kind => Weight(
                LlamaConfig.WeightName(new Site(layer, kind)), shapes[kind].Outputs, shapes[kind].Inputs))],
            Biases = [.. LlamaLayer.Kinds.Select(kind => HasBias(kind)
                ? Numbers(BiasName(LlamaConfig.WeightName(new Site(layer, kind))), shapes[kind].Outputs)
                : [])],
        };
    }

    private static string BiasName(string weightName) => weightName[..^"weight".Length] + "bias";

    private bool HasBias(SiteKind kind) => kind switch
    {
        SiteKind.AttnQ or SiteKind.AttnK or SiteKind.AttnV => config.HasQkvBias,
        SiteKind.AttnO => config.HasOutputBias,
        _ => config.HasMlpBias,
    };

    private LinearWeight Weight(string name, int outputs, int inputs)
    {
        CheckShape(name, outputs, inputs);
        return source.ReadPacked(name) is { } packed
            ? new PackedWeight(Own(packed))
            : new DenseWeight(Numbers(name, outputs, inputs), outputs, inputs);
    }

    // The source may be closed while the model lives: what it lends from its mapped file is copied.
    private static PackedMatrix Own(PackedMatrix lent) => new(
        lent.Codec.Format, lent.Rows, lent.Columns, lent.Codes.ToArray(), lent.Scales.ToArray(), lent.TensorParameter);

    private float[] Numbers(string name, params ReadOnlySpan<int> shape)
    {
        CheckShape(name, shape);
        var count = 1;
        foreach (var length in shape)
            count *= length;
        var values = new float[count];
        source.ReadFloats(name, 0, values);
        if (!TensorPrimitives.IsFiniteAll<float>(values))
        {
            var index = Array.FindIndex(values, value => !float.IsFinite(value));
            throw new PithException(
                ModelsErrors.NonFiniteWeight,
                string.Create(CultureInfo.InvariantCulture, $"{name}: expected finite numbers, found {values[index]} at index {index}"));
        }

        return values;
    }

    private void CheckShape(string name, params ReadOnlySpan<int> shape)
    {
        if (!source.Tensors.TryGetValue(name, out var entry))
            throw new PithException(ModelsErrors.MissingTensor, $"expected a tensor `{name}`, found none of this name");
        var fits = entry.Shape.Count == shape.Length;
        for (var i = 0; fits && i < shape.Length; i++)
            fits = entry.Shape[i] == shape[i];
        if (!fits)
        {
            throw new PithException(
                ModelsErrors.WrongShape,
                $"{name}: expected the shape [{string.Join(", ", shape.ToArray())}], found [{string.Join(", ", entry.Shape)}]");
        }
    }
}
