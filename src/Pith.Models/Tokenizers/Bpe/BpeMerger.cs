namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Joins adjacent tokens, lowest rank first and leftmost among equals, until no pair joins.</summary>
/// <remarks>Source: Sennrich et al. 2016, algorithm 1, as applied by GPT-2's encoder. Thread-safe.</remarks>
internal static class BpeMerger
{
    /// <summary>Longest sequence for which looking through all pairs each time is faster than a heap (measured).</summary>
    private const int ScanLimit = 64;

    /// <summary>Joins in place.</summary>
    /// <param name="merges">What joins.</param>
    /// <param name="ids">The tokens; the result stands at its start.</param>
    /// <returns>How many tokens remain.</returns>
    public static int Merge(MergeTable merges, Span<int> ids) =>
        ids.Length <= ScanLimit ? MergeByScan(merges, ids) : MergeByHeap(merges, ids);

    /// <summary>As <see cref="Merge"/>, by looking through all pairs each time; O(n²). Reads like the definition.</summary>
    internal static int MergeByScan(MergeTable merges, Span<int> ids)
    {
        var count = ids.Length;
        if (count < 2)
            return count;
        var ranks = count <= ScanLimit ? stackalloc int[count - 1] : new int[count - 1];
        for (var i = 0; i < count - 1; i++)
            ranks[i] = merges.Find(ids[i], ids[i + 1], out _);
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }

            if (ranks[best] == MergeTable.Never)
                break;
            merges.Find(ids[best], ids[best + 1], out ids[best]);
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            if (best < count - 1)
            {
                ranks[(best + 1)..count].CopyTo(ranks[best..]);
                ranks[best] = merges.Find(ids[best], ids[best + 1], out _);
            }

            if (best > 0)
                ranks[best - 1] = merges.Find(ids[best - 1], ids[best], out _);
        }

        return count;
    }

    /// <summary>As <see cref="Merge"/>, with a linked list and a heap; O(n log n).</summary>
    internal static int MergeByHeap(MergeTable merges, Span<int> ids)
    {
        var count = ids.Length;
        var previous = new int[count];
        var next = new int[count];
        var heap = new PriorityQueue<int, long>(count);
        for (var i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            if (i + 1 < count)
                Push(heap, merges.Find(ids[i], ids[i + 1], out _), i);
        }

        while (heap.TryDequeue(out var left, out var order))
        {
            // An entry is stale when its token was joined away (-1) or when its pair has changed since.
            var right = ids[left] < 0 ? count : next[left];
            if (right >= count)
                continue;
            var rank = merges.Find(ids[left], ids[right], out var joined);
            if (rank == MergeTable.Never || rank != order >> 32)
                continue;
            ids[left] = joined;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
                Push(heap, merges.Find(joined, ids[next[left]], out _), left);
            }

            if (previous[left] >= 0)
                Push(heap, merges.Find(ids[previous[left]], joined, out _), previous[left]);
        }

        var kept = 0;
        for (var i = 0; i < count; i = next[i])
            ids[kept++] = ids[i];
        return kept;
    }

    private static void Push(PriorityQueue<int, long> heap, int rank, int position)
    {
        if (rank != MergeTable.Never)
            heap.Enqueue(position, ((long)rank << 32) | (uint)position);
    }
}
