namespace Pith.Kernels.Algebra;

/// <summary>How a <see cref="TruncatedSvd"/> is computed. Immutable.</summary>
public sealed record TruncatedSvdOptions
{
    /// <summary>Singular values wanted, ≥ 1; no more than the matrix has are given.</summary>
    public required int Rank { get; init; }

    /// <summary>Columns carried beyond <see cref="Rank"/>, ≥ 0: they make the wanted ones converge. Default: 16.</summary>
    public int Oversampling { get; init; } = 16;

    /// <summary>Rounds done at least, ≥ 0. Default: 2, the two power steps of Halko, Martinsson and Tropp.</summary>
    public int MinRounds { get; init; } = 2;

    /// <summary>Rounds done at most, ≥ <see cref="MinRounds"/>. Default: 4.</summary>
    public int MaxRounds { get; init; } = 4;

    /// <summary>It has converged when the residual ‖M − M_k‖² is estimated to lie above the least by less than this share. Default: 10^-4.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Seed of the random start. Default: 0.</summary>
    public int Seed { get; init; }
}
