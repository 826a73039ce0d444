namespace Pith.Compress.Ratio;

/// <summary>How a budget is spent.</summary>
public enum AllocationMethod
{
    /// <summary>Where a byte takes away most damage, see <see cref="Allocations.GreedyAllocator"/>.</summary>
    Greedy = 0,

    /// <summary>The best sum of the estimated damages, see <see cref="Allocations.ExactAllocator"/>.</summary>
    Exact = 1,

    /// <summary>The best of some random draws, each measured: the method of the paper, see <see cref="Allocations.RandomAllocator"/>.</summary>
    Random = 2,
}
