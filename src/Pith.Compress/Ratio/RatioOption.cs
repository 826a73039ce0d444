using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Compress.Ratio;

/// <summary>One choice for a weight: its format, and perhaps a low-rank correction of its error.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
/// <param name="Format">Format of the weights.</param>
/// <param name="LowRank">The correction; a weight with fewer rows or columns than its rank gets as many as it has. Null for none.</param>
public sealed record RatioOption(NumberFormat Format, LowRankPlan? LowRank = null)
{
    /// <summary>The correction of a weight [outputs, inputs]: the rank no larger than the weight allows; null for none.</summary>
    public LowRankPlan? CorrectionOf(SiteShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return LowRank is null || !shape.Site.HasWeight
            ? null
            : new LowRankPlan(Math.Min(LowRank.Rank, Math.Min(shape.Outputs, shape.Inputs)), LowRank.Format, LowRank.Method);
    }

    /// <summary>Bits which a weight [outputs, inputs] takes, the factors of the correction included.</summary>
    public long StoredBits(SiteShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return Format.StoredBits(shape.Outputs, shape.Inputs) + (CorrectionOf(shape)?.StoredBits(shape.Outputs, shape.Inputs) ?? 0);
    }

    /// <inheritdoc/>
    public override string ToString() => LowRank is null ? Format.ToString() : $"{Format}+r{LowRank.Rank}";
}
