using Pith.Core.Sites;
using Pith.Models.Blocks;

namespace Pith.Models.Llama;

/// <summary>The weights of one transformer block.</summary>
internal sealed record LlamaLayer : BlockLayer
{
    /// <summary>Gain before attention, [hidden]; empty in bit-linear models.</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>Gain before the MLP, [hidden]; empty in bit-linear models.</summary>
    public required float[] MlpNorm { get; init; }

    public static SiteKind[] Kinds { get; } =
    [
        SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV, SiteKind.AttnO, SiteKind.MlpGate, SiteKind.MlpUp, SiteKind.MlpDown,
    ];

    /// <inheritdoc/>
    public override SiteKind[] SiteKinds => Kinds;
}
