namespace Pith.Kernels.Ops;

/// <summary>The sizes of one call of <see cref="Attention"/>.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Width of a head.</param>
/// <param name="FirstPosition">Position of the first query; its key and value are in the cache already.</param>
/// <param name="Tokens">Queries, at consecutive positions.</param>
/// <param name="Window">Tokens a query can look back, itself included; null for all.</param>
public readonly record struct AttentionShape(int Heads, int KvHeads, int HeadSize, int FirstPosition, int Tokens, int? Window)
{
    /// <summary>Distance of a head's rows in queries, keys and values: the width rounded up to a multiple of 16; the rest is zero.</summary>
    public int Stride => StrideOf(HeadSize);

    /// <summary>The end of the positions which every query sees, as in an encoder; null for those up to the query's own.</summary>
    public int? Seen { get; init; }

    /// <summary>With <see cref="Seen"/>, the first position which every query sees: where the text begins that stands behind others. Default: 0.</summary>
    public int SeenFrom { get; init; }

    /// <summary>The distance of a head's rows for a width.</summary>
    public static int StrideOf(int headSize) => (headSize + 15) / 16 * 16;

    /// <summary>The first position which the query at a position sees.</summary>
    public int FirstSeen(int position) => Seen is not null ? SeenFrom : Window is { } window ? Math.Max(0, position - window + 1) : 0;

    /// <summary>The end of the positions which the query at a position sees.</summary>
    public int EndSeen(int position) => Seen ?? position + 1;
}
