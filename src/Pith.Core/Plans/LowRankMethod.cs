namespace Pith.Core.Plans;

/// <summary>How the two factors of a low-rank correction are found. Named as the papers name it (arXiv 2402.02446, 2410.06040).</summary>
public enum LowRankMethod
{
    /// <summary>Truncated singular value decomposition of the weight's rounding error. Text form: <c>lqer</c>.</summary>
    Lqer,

    /// <summary>The same with inputs scaled by the largest batch mean of |x|. Text form: <c>l2qer</c>.</summary>
    L2qer,

    /// <summary>The same with inputs scaled by their root mean square: the best for uncorrelated inputs. Text form: <c>qera-diag</c>.</summary>
    QeraDiagonal,

    /// <summary>The best for the inputs' whole second moment R = E[xᵀx]. Text form: <c>qera</c>.</summary>
    Qera,
}
