using Pith.Core.Formats;

namespace Pith.Core.Plans;

/// <summary>The low-rank correction decided for one weight: Y = X·Wᵀ + (X·A)·B with A [inputs, rank] and B [rank, outputs].</summary>
/// <remarks>Immutable, hence thread-safe; equal by value.</remarks>
public sealed record LowRankPlan
{
    /// <summary>The default method.</summary>
    public const LowRankMethod DefaultMethod = LowRankMethod.QeraDiagonal;

    /// <summary>Creates a decision.</summary>
    /// <param name="rank">Columns of A and rows of B, ≥ 1. A site has at most min(inputs, outputs).</param>
    /// <param name="format">Format of A and B, each blocked along its contraction; null or fp32 for 32-bit floats.</param>
    /// <param name="method">How A and B are found.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is below 1.</exception>
    public LowRankPlan(int rank, NumberFormat? format, LowRankMethod method = DefaultMethod)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        Rank = rank;
        Format = format?.Family == FormatFamily.Float32 ? null : format;
        Method = method;
    }

    /// <summary>The default format of A and B.</summary>
    public static NumberFormat DefaultFormat { get; } = NumberFormat.Parse("mxint8:16");

    /// <summary>Columns of A and rows of B, ≥ 1.</summary>
    public int Rank { get; }

    /// <summary>Format of A and B, each blocked along its contraction; null for 32-bit floats.</summary>
    public NumberFormat? Format { get; }

    /// <summary>How A and B are found.</summary>
    public LowRankMethod Method { get; }

    /// <summary>Bits which A and B of a weight take in <see cref="Format"/>, padding of ragged blocks included.</summary>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    public long StoredBits(int outputs, int inputs) => Format is null
        ? 32L * Rank * ((long)outputs + inputs)
        : Format.StoredBits(Rank, inputs) + Format.StoredBits(outputs, Rank);
}
