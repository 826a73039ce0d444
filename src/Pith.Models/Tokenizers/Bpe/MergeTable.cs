namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Which pairs of adjacent tokens join, how soon, and into what.</summary>
/// <remarks>Open addressing with linear probing over pairs of ids; at most half full. Immutable once filled, then thread-safe.</remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of pairs that never join.</summary>
    public const int Never = int.MaxValue;

    private const ulong Empty = ulong.MaxValue;
    private readonly ulong[] _pairs;
    private readonly (int Rank, int Id)[] _results;
    private readonly int _mask;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">Most pairs that will be added.</param>
    public MergeTable(int capacity)
    {
        var size = 16;
        while (size < 2L * capacity)
            size *= 2;
        _pairs = new ulong[size];
        Array.Fill(_pairs, Empty);
        _results = new (int, int)[size];
        _mask = size - 1;
    }

    /// <summary>Number of pairs.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a pair; a pair that is there already takes the new rank, as in the files' own libraries.</summary>
    /// <param name="left">Id of the left token.</param>
    /// <param name="right">Id of the right token.</param>
    /// <param name="rank">Smaller joins sooner; at least 0 and less than <see cref="Never"/>.</param>
    /// <param name="id">Id of the joined token.</param>
    public void Add(int left, int right, int rank, int id)
    {
        var pair = Pair(left, right);
        var at = Slot(pair);
        while (_pairs[at] != Empty && _pairs[at] != pair)
            at = (at + 1) & _mask;
        if (_pairs[at] == Empty)
            Count++;
        _pairs[at] = pair;
        _results[at] = (rank, id);
    }

    /// <summary>The rank of a pair, <see cref="Never"/> when it does not join, and the joined token.</summary>
    public int Find(int left, int right, out int id)
    {
        var pair = Pair(left, right);
        var at = Slot(pair);
        while (true)
        {
            var found = _pairs[at];
            if (found == pair)
            {
                var result = _results[at];
                id = result.Id;
                return result.Rank;
            }

            if (found == Empty)
            {
                id = -1;
                return Never;
            }

            at = (at + 1) & _mask;
        }
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong pair)
    {
        unchecked
        {
            var hash = pair * 0x9E3779B97F4A7C15UL;
            return (int)(hash >> 32) & _mask;
        }
    }
}
