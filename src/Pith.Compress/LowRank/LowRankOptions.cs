using Pith.Core.Formats;

namespace Pith.Compress.LowRank;

/// <summary>How a low-rank term is made. Immutable.</summary>
public sealed record LowRankOptions
{
    /// <summary>Rank wanted, ≥ 1; a weight gets no more than min(inputs, outputs). 32 is the paper's usual choice.</summary>
    public required int Rank { get; init; }

    /// <summary>Format of A and B, each blocked along its contraction. Default: none, 32-bit floats.</summary>
    public NumberFormat? Format { get; init; }

    /// <summary>Rounds of the singular value decomposition at most, ≥ 2. Default: 4.</summary>
    public int MaxRounds { get; init; } = 4;

    /// <summary>The decomposition ends when the squared error is estimated to lie above the least by less than this share. Default: 10^-4.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Seed of the decomposition's start. Default: 0.</summary>
    public int Seed { get; init; }
}
