using Pith.Core.Sites;

namespace Pith.Models.Bert;

/// <summary>What the members of the family call their tensors, without the endings <c>.weight</c> and <c>.bias</c>.</summary>
/// <remarks>Source: the model classes of github huggingface/transformers.</remarks>
internal sealed record BertNames
{
    /// <summary>What stands before the names of the trunk where there is a head.</summary>
    public required string Prefix { get; init; }

    /// <summary>What stands before the index of a block.</summary>
    public required string Layers { get; init; }

    /// <summary>The weights of a block.</summary>
    public required IReadOnlyList<(SiteKind Kind, string Name)> Linears { get; init; }

    /// <summary>The norm behind attention.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>The norm behind the MLP.</summary>
    public required string MlpNorm { get; init; }

    /// <summary>The first layer of a head for texts; null where the pooler serves.</summary>
    public required string? TextDense { get; init; }

    /// <summary>The last layer of a head for texts.</summary>
    public required string TextOut { get; init; }

    /// <summary>The first layer of a head for masked tokens.</summary>
    public required string MaskedDense { get; init; }

    /// <summary>The norm of a head for masked tokens.</summary>
    public required string MaskedNorm { get; init; }

    /// <summary>The output matrix of a head for masked tokens.</summary>
    public required string MaskedOut { get; init; }

    /// <summary>What <see cref="MaskedOut"/>'s bias is called before its ending.</summary>
    public required string MaskedBias { get; init; }

    /// <summary>Those of BERT.</summary>
    public static BertNames Bert { get; } = new()
    {
        Prefix = "bert.",
        Layers = "encoder.layer.",
        Linears =
        [
            (SiteKind.AttnQ, "attention.self.query"), (SiteKind.AttnK, "attention.self.key"), (SiteKind.AttnV, "attention.self.value"),
            (SiteKind.AttnO, "attention.output.dense"), (SiteKind.MlpFc1, "intermediate.dense"), (SiteKind.MlpFc2, "output.dense"),
        ],
        AttentionNorm = "attention.output.LayerNorm",
        MlpNorm = "output.LayerNorm",
        TextDense = null,
        TextOut = "classifier",
        MaskedDense = "cls.predictions.transform.dense",
        MaskedNorm = "cls.predictions.transform.LayerNorm",
        MaskedOut = "cls.predictions.decoder",
        MaskedBias = "cls.predictions",
    };

    /// <summary>Those of RoBERTa.</summary>
    public static BertNames Roberta { get; } = Bert with
    {
        Prefix = "roberta.",
        TextDense = "classifier.dense",
        TextOut = "classifier.out_proj",
        MaskedDense = "lm_head.dense",
        MaskedNorm = "lm_head.layer_norm",
        MaskedOut = "lm_head.decoder",
        MaskedBias = "lm_head",
    };

    /// <summary>Those of DistilBERT.</summary>
    public static BertNames Distil { get; } = new()
    {
        Prefix = "distilbert.",
        Layers = "transformer.layer.",
        Linears =
        [
            (SiteKind.AttnQ, "attention.q_lin"), (SiteKind.AttnK, "attention.k_lin"), (SiteKind.AttnV, "attention.v_lin"),
            (SiteKind.AttnO, "attention.out_lin"), (SiteKind.MlpFc1, "ffn.lin1"), (SiteKind.MlpFc2, "ffn.lin2"),
        ],
        AttentionNorm = "sa_layer_norm",
        MlpNorm = "output_layer_norm",
        TextDense = "pre_classifier",
        TextOut = "classifier",
        MaskedDense = "vocab_transform",
        MaskedNorm = "vocab_layer_norm",
        MaskedOut = "vocab_projector",
        MaskedBias = "vocab_projector",
    };
}
