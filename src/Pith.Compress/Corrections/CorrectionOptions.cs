namespace Pith.Compress.Corrections;

/// <summary>How weights with a low-rank correction are rounded and corrected. Immutable.</summary>
public sealed record CorrectionOptions
{
    /// <summary>Times a weight is rounded: each time without the correction found before, and the best time is kept.</summary>
    /// <value>≥ 1. Default: 1, the weight is rounded as it is.</value>
    public int Turns { get; init; } = 1;

    /// <summary>Whether rounding errors are made up for by later inputs, as GPTQ does (arXiv 2210.17323).</summary>
    /// <value>Default: no. Needs second moments; without them it changes nothing.</value>
    public bool HasFeedback { get; init; }

    /// <summary>Seed of the decomposition's start, which the result hardly depends on.</summary>
    /// <value>Default: 0.</value>
    public int Seed { get; init; }
}
