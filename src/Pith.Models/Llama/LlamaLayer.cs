using Pith.Core.Sites;
using Pith.Kernels.Linear;

namespace Pith.Models.Llama;

/// <summary>The weights of one transformer block.</summary>
internal sealed record LlamaLayer
{
    /// <summary>Gain before attention, [hidden]; empty in bit-linear models.</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>Gain before the MLP, [hidden]; empty in bit-linear models.</summary>
    public required float[] MlpNorm { get; init; }

    /// <summary>The weights of the seven sites that have one, in the order of <see cref="Kinds"/>.</summary>
    public required LinearWeight[] Weights { get; init; }

    /// <summary>Their biases, [outputs] each; empty where there is none.</summary>
    public required float[][] Biases { get; init; }

    public static SiteKind[] Kinds { get; } =
    [
        SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV, SiteKind.AttnO, SiteKind.MlpGate, SiteKind.MlpUp, SiteKind.MlpDown,
    ];

    public static int IndexOf(SiteKind kind) => Array.IndexOf(Kinds, kind);
}
