namespace Pith.Core.Sites;

/// <summary>The place of a matrix product inside a transformer block.</summary>
public enum SiteKind
{
    /// <summary>Query projection.</summary>
    AttnQ,

    /// <summary>Key projection.</summary>
    AttnK,

    /// <summary>Value projection.</summary>
    AttnV,

    /// <summary>Scores: queries times keys.</summary>
    AttnQk,

    /// <summary>Mixing: attention probabilities times values.</summary>
    AttnAv,

    /// <summary>Output projection of attention.</summary>
    AttnO,

    /// <summary>Gate projection of a gated MLP.</summary>
    MlpGate,

    /// <summary>Up projection of a gated MLP.</summary>
    MlpUp,

    /// <summary>Down projection of a gated MLP.</summary>
    MlpDown,

    /// <summary>First projection of a plain MLP.</summary>
    MlpFc1,

    /// <summary>Second projection of a plain MLP.</summary>
    MlpFc2,
}
