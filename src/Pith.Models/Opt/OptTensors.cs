using System.Globalization;
using Pith.Core.Sites;

namespace Pith.Models.Opt;

/// <summary>The tensors which an OPT model has, by hub name.</summary>
internal static class OptTensors
{
    public const string Embedding = "model.decoder.embed_tokens.weight";
    public const string Positions = "model.decoder.embed_positions.weight";
    public const string ProjectIn = "model.decoder.project_in.weight";
    public const string ProjectOut = "model.decoder.project_out.weight";
    public const string FinalNorm = "model.decoder.final_layer_norm";
    public const string Head = "lm_head.weight";

    private static readonly (SiteKind Kind, string Name)[] s_linears =
    [
        (SiteKind.AttnQ, "self_attn.q_proj"), (SiteKind.AttnK, "self_attn.k_proj"), (SiteKind.AttnV, "self_attn.v_proj"),
        (SiteKind.AttnO, "self_attn.out_proj"), (SiteKind.MlpFc1, "fc1"), (SiteKind.MlpFc2, "fc2"),
    ];

    public static string WeightName(Site site) => Array.Find(s_linears, row => row.Kind == site.Kind).Name is { } name
        ? Prefix(site.Layer) + name + ".weight"
        : throw new ArgumentException($"{site} has no weight in this family", nameof(site));

    public static string AttentionNorm(int layer) => Prefix(layer) + "self_attn_layer_norm";

    public static string MlpNorm(int layer) => Prefix(layer) + "final_layer_norm";

    public static IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Expected(OptConfig config)
    {
        long hidden = config.HiddenSize, embedding = config.EmbeddingSize;
        var tensors = new List<(string Name, IReadOnlyList<long> Shape)>
        {
            (Embedding, [config.VocabularySize, embedding]),
            (Positions, [config.ContextLength + (long)OptConfig.PositionOffset, hidden]),
        };
        if (config.HasProjections)
            tensors.Add((ProjectIn, [hidden, embedding]));
        foreach (var shape in config.Sites)
        {
            if (shape.Site.Kind == SiteKind.AttnQ)
                AddNorm(AttentionNorm(shape.Site.Layer));
            if (shape.Site.Kind == SiteKind.MlpFc1)
                AddNorm(MlpNorm(shape.Site.Layer));
            if (!shape.Site.HasWeight)
                continue;
            var name = WeightName(shape.Site);
            tensors.Add((name, [shape.Outputs, shape.Inputs]));
            if (config.HasBias)
                tensors.Add((name[..^"weight".Length] + "bias", [shape.Outputs]));
        }

        if (config.HasFinalNorm)
            AddNorm(FinalNorm);
        if (config.HasProjections)
            tensors.Add((ProjectOut, [embedding, hidden]));
        if (!config.IsHeadTied)
            tensors.Add((Head, [config.VocabularySize, embedding]));
        return tensors;

        void AddNorm(string name)
        {
            if (!config.HasNormWeights)
                return;
            tensors.Add((name + ".weight", [hidden]));
            tensors.Add((name + ".bias", [hidden]));
        }
    }

    private static string Prefix(int layer) => string.Create(CultureInfo.InvariantCulture, $"model.decoder.layers.{layer}.");
}
