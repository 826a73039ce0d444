using Pith.Core.Formats;

namespace Pith.Core.Plans;

/// <summary>What is decided for one site.</summary>
/// <param name="Weights">Format of the weight; at <c>attn.qk</c> and <c>attn.av</c> of the right operand, K or V. Null: not decided here.</param>
/// <param name="Activations">Format of the activations; at <c>attn.qk</c> and <c>attn.av</c> of the left operand, Q or P. Null: not decided here.</param>
/// <param name="LowRank">Low-rank correction of the weight; only at sites that have one. Null: not decided here.</param>
public sealed record SitePlan(NumberFormat? Weights, NumberFormat? Activations, LowRankPlan? LowRank = null)
{
    /// <summary>The decision that decides nothing.</summary>
    public static SitePlan None { get; } = new(null, null);

    /// <summary>This decision with another laid over it: where <paramref name="other"/> decides, it wins.</summary>
    public SitePlan With(SitePlan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new SitePlan(other.Weights ?? Weights, other.Activations ?? Activations, other.LowRank ?? LowRank);
    }
}
