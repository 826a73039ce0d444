using Pith.Core.Sites;

namespace Pith.Models.Blocks;

/// <summary>A transformer block with layer norms and a plain MLP.</summary>
internal sealed record PlainLayer : BlockLayer
{
    /// <summary>The norm of attention: before it, or after it and the residual sum.</summary>
    public required NormWeights AttentionNorm { get; init; }

    /// <summary>The norm of the MLP: before it, or after it and the residual sum.</summary>
    public required NormWeights MlpNorm { get; init; }

    public static SiteKind[] Kinds { get; } =
        [SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV, SiteKind.AttnO, SiteKind.MlpFc1, SiteKind.MlpFc2];

    /// <inheritdoc/>
    public override SiteKind[] SiteKinds => Kinds;

    /// <summary>Bytes of all weights of the block.</summary>
    public long Bytes => LinearBytes + AttentionNorm.Bytes + MlpNorm.Bytes;

    /// <summary>The sites of such blocks.</summary>
    public static IReadOnlyList<SiteShape> Sites(ModelConfig config) => [.. Enumerable.Range(0, config.Layers).SelectMany(layer => new SiteShape[]
    {
        new(new Site(layer, SiteKind.AttnQ), config.HiddenSize, config.HiddenSize),
        new(new Site(layer, SiteKind.AttnK), config.HiddenSize, config.HiddenSize),
        new(new Site(layer, SiteKind.AttnV), config.HiddenSize, config.HiddenSize),
        new(new Site(layer, SiteKind.AttnQk), 1, config.HiddenSize),
        new(new Site(layer, SiteKind.AttnAv), 1, config.HiddenSize),
        new(new Site(layer, SiteKind.AttnO), config.HiddenSize, config.HiddenSize),
        new(new Site(layer, SiteKind.MlpFc1), config.IntermediateSize, config.HiddenSize),
        new(new Site(layer, SiteKind.MlpFc2), config.HiddenSize, config.IntermediateSize),
    })];

    /// <summary>Reads a block.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="config">The model.</param>
    /// <param name="layer">Index of the block.</param>
    /// <param name="attentionNorm">Hub name of the norm of attention, without an ending.</param>
    /// <param name="mlpNorm">Hub name of the norm of the MLP, without an ending.</param>
    /// <param name="hasBias">Whether the projections have biases.</param>
    /// <param name="hasGain">Whether the norms have gains and biases.</param>
    public static PlainLayer Read(
        TensorReader reader, ModelConfig config, int layer, string attentionNorm, string mlpNorm, bool hasBias = true, bool hasGain = true)
    {
        var shapes = config.Sites.Where(shape => shape.Site.Layer == layer && shape.Site.HasWeight).ToList();
        var names = shapes.ConvertAll(shape => config.WeightNameOf(shape.Site));
        return new PlainLayer
        {
            AttentionNorm = NormWeights.Read(reader, attentionNorm, config.HiddenSize, hasGain),
            MlpNorm = NormWeights.Read(reader, mlpNorm, config.HiddenSize, hasGain),
            Weights = [.. shapes.Zip(names, (shape, name) => reader.Weight(name, shape.Outputs, shape.Inputs, shape.Site))],
            Biases = [.. shapes.Zip(names, (shape, name) => hasBias ? reader.Numbers(name[..^"weight".Length] + "bias", shape.Outputs) : [])],
        };
    }
}
