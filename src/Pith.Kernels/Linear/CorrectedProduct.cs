using Pith.Kernels.Packed;

namespace Pith.Kernels.Linear;

/// <summary>Y = X·Wᵀ + (X·A)·B as one piece of parallel work: first the groups of 16 rows of Aᵀ, then those of W.</summary>
/// <remarks>A part that has groups of W adds B to their outputs while these are in the cache. For that it needs all of T = X·A, which is far less work
/// than the groups of W that lie between: it seldom waits. Parts are handed out in ascending order, so whoever waits for T waits for threads
/// that are at it, and none of these waits for another.</remarks>
/// <param name="Weight">W.</param>
/// <param name="A">Aᵀ.</param>
/// <param name="B">B.</param>
/// <param name="X">X, prepared for W in the first set of terms and for Aᵀ in the second.</param>
/// <param name="Inner">T, [tokens, rank].</param>
/// <param name="Missing">In its first place, groups of Aᵀ whose columns of T are not there yet.</param>
/// <param name="Y">[tokens, outputs]; large enough, as a part that failed would let others wait.</param>
internal readonly record struct CorrectedProduct(
    InterleavedMatrix Weight, InterleavedMatrix A, EpilogueFactor B, ActivationBlocks X, float[] Inner, int[] Missing, Memory<float> Y)
{
    /// <summary>The set of terms for Aᵀ.</summary>
    public const int SetOfA = 1;

    // Groups of W whose outputs wait for B: few enough that the memory goes on to deliver what was prefetched of W meanwhile.
    private const int GroupsAtOnce = 16;

    private const int FactorGroups = Tile.Rows / EpilogueFactor.Lanes;

    /// <summary>Groups of both.</summary>
    public int Items => A.Groups + Weight.Groups;

    /// <summary>Computes a range of groups.</summary>
    /// <param name="first">First group: of Aᵀ below its number of groups, of W from there on.</param>
    /// <param name="end">Group after the last.</param>
    public void Run(int first, int end)
    {
        if (first < A.Groups)
        {
            var last = Math.Min(end, A.Groups);
            PackedDot.Groups(A, X, first, last, Inner, SetOfA);
            Interlocked.Add(ref Missing[0], first - last);
        }

        var endOfWeight = end - A.Groups;
        for (var group = Math.Max(first, A.Groups) - A.Groups; group < endOfWeight; group += GroupsAtOnce)
        {
            var next = Math.Min(group + GroupsAtOnce, endOfWeight);
            var (firstOfFactor, endOfFactor) = (group * FactorGroups, Math.Min(next * FactorGroups, B.Groups));
            B.Prefetch(firstOfFactor, endOfFactor);
            PackedDot.Groups(Weight, X, group, next, Y.Span);
            WaitForInner();
            B.Add(Inner, X.Tokens, A.Rows, firstOfFactor, endOfFactor, Y.Span);
        }
    }

    private void WaitForInner()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref Missing[0]) > 0)
            spinner.SpinOnce(sleep1Threshold: -1);
    }
}
