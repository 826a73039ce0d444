using System.Globalization;
using Pith.Core.Sites;

namespace Pith.Models.Bert;

/// <summary>The tensors which an encoder of the BERT family has, by hub name.</summary>
internal static class BertTensors
{
    public const string Words = "embeddings.word_embeddings.weight";
    public const string Positions = "embeddings.position_embeddings.weight";
    public const string Types = "embeddings.token_type_embeddings.weight";
    public const string EmbeddingNorm = "embeddings.LayerNorm";
    public const string Pooler = "pooler.dense";

    // What the trunk's names begin with, where nothing stands before them.
    private static readonly string[] s_trunk = ["embeddings.", "encoder.", "transformer.", "pooler."];

    // Spellings of converted and of older checkpoints.
    private static readonly (string Old, string New)[] s_endings =
    [
        ("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias"),
        ("cls.predictions.decoder.bias", "cls.predictions.bias"), ("lm_head.decoder.bias", "lm_head.bias"),
    ];

    /// <summary>The hub name of a tensor of the trunk.</summary>
    public static string Trunk(BertConfig config, string name) => config.Head == EncoderHead.None ? name : config.Family.Names.Prefix + name;

    /// <summary>The hub name of a part of a block.</summary>
    public static string Layer(BertConfig config, int layer, string name) =>
        Trunk(config, string.Create(CultureInfo.InvariantCulture, $"{config.Family.Names.Layers}{layer}.{name}"));

    /// <summary>The hub name of a site's weight.</summary>
    public static string WeightName(BertConfig config, Site site) =>
        config.Family.Names.Linears.FirstOrDefault(row => row.Kind == site.Kind).Name is { } name
            ? Layer(config, site.Layer, name) + ".weight"
            : throw new ArgumentException($"{site} has no weight in this family", nameof(site));

    /// <summary>The first layer of the head, or the pooler; null where there is neither.</summary>
    public static string? HeadDense(BertConfig config) => config.Head switch
    {
        EncoderHead.None => config.HasPooler ? Pooler : null,
        EncoderHead.Sequence => config.Family.Names.TextDense ?? Trunk(config, Pooler),
        EncoderHead.MaskedToken => config.Family.Names.MaskedDense,
        _ => null,
    };

    /// <summary>The last layer of a head with labels.</summary>
    public static string LabelsOut(BertConfig config) => config.Head == EncoderHead.Sequence ? config.Family.Names.TextOut : "classifier";

    /// <summary>Every tensor with its shape, in the order of computation.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Expected(BertConfig config)
    {
        long hidden = config.HiddenSize;
        var names = config.Family.Names;
        var tensors = new List<(string Name, IReadOnlyList<long> Shape)>
        {
            (Trunk(config, Words), [config.VocabularySize, hidden]),
            (Trunk(config, Positions), [config.Positions, hidden]),
        };
        if (config.Types > 0)
            tensors.Add((Trunk(config, Types), [config.Types, hidden]));
        AddNorm(Trunk(config, EmbeddingNorm));
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            AddLinear(WeightName(config, shape.Site)[..^".weight".Length], shape.Outputs, shape.Inputs);
            if (shape.Site.Kind == SiteKind.AttnO)
                AddNorm(Layer(config, shape.Site.Layer, names.AttentionNorm));
            if (shape.Site.Kind == SiteKind.MlpFc2)
                AddNorm(Layer(config, shape.Site.Layer, names.MlpNorm));
        }

        if (HeadDense(config) is { } dense)
            AddLinear(dense, hidden, hidden);
        if (config.Head is EncoderHead.Sequence or EncoderHead.Token)
            AddLinear(LabelsOut(config), config.Labels.Count, hidden);
        if (config.Head == EncoderHead.MaskedToken)
        {
            AddNorm(names.MaskedNorm);
            if (!config.IsHeadTied)
                tensors.Add((names.MaskedOut + ".weight", [config.VocabularySize, hidden]));
            tensors.Add((names.MaskedBias + ".bias", [config.VocabularySize]));
        }

        return tensors;

        void AddLinear(string name, long outputs, long inputs)
        {
            tensors.Add((name + ".weight", [outputs, inputs]));
            tensors.Add((name + ".bias", [outputs]));
        }

        void AddNorm(string name)
        {
            tensors.Add((name + ".weight", [hidden]));
            tensors.Add((name + ".bias", [hidden]));
        }
    }

    /// <summary>The hub name of a stored tensor: the trunk of a model with a head has its family's prefix, that of one without has none.</summary>
    public static string HubName(BertConfig config, string stored)
    {
        var prefix = config.Family.Names.Prefix;
        var name = stored.StartsWith(prefix, StringComparison.Ordinal) ? stored[prefix.Length..] : stored;
        if (Array.Exists(s_trunk, part => name.StartsWith(part, StringComparison.Ordinal)))
            name = Trunk(config, name);
        else
            name = stored;
        var (old, now) = Array.Find(s_endings, row => name.EndsWith(row.Old, StringComparison.Ordinal));
        return old is null ? name : name[..^old.Length] + now;
    }
}
