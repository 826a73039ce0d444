namespace Pith.Compress.LowRank;

/// <summary>How an <see cref="Alternation"/> runs. Immutable.</summary>
public sealed record AlternationOptions
{
    /// <summary>Rank and format of the term.</summary>
    public required LowRankOptions Term { get; init; }

    /// <summary>Times the weight is rounded, ≥ 1; 1 is the plain order. Default: 3.</summary>
    public int Turns { get; init; } = 3;

    /// <summary>Whether the first term is that of W itself, taken out before W is rounded at all. Default: no.</summary>
    public bool TermFirst { get; init; }
}
