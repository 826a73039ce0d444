using Pith.Core.Formats;

namespace Pith.Compress.Ratio;

/// <summary>What a ratio search chooses between, and how. Immutable.</summary>
public sealed record RatioSearchOptions
{
    /// <summary>What each unit may get; at least two different ones.</summary>
    public required IReadOnlyList<RatioOption> Options { get; init; }

    /// <summary>Assignment granularity. Default: every matrix product by itself.</summary>
    public Granularity Granularity { get; init; } = Granularity.Matmul;

    /// <summary>Whether q, k, v must share a format, and gate, up. Default: no.</summary>
    public bool AreFused { get; init; }

    /// <summary>Format of the activations of every product with a weight. Default: none, 32-bit floats.</summary>
    public NumberFormat? Activations { get; init; }

    /// <summary>Whether activations take the format of the weight beside them, and the two attention products take part: the set-up of the
    /// paper. Default: no.</summary>
    public bool HasSameActivations { get; init; }

    /// <summary>What the result must keep to.</summary>
    public required RatioBudget Budget { get; init; }

    /// <summary>How damages are estimated. Default: leave-one-in.</summary>
    public DamageMethod Damage { get; init; }

    /// <summary>Damages from a file, for <see cref="DamageMethod.File"/>: by site and by the text of the format.</summary>
    public FisherFile? DamageFile { get; init; }

    /// <summary>Passes over the calibration text which the damages may cost, about: where they would cost more, each is measured on a part of
    /// the windows. Default: 4.</summary>
    public double DamagePasses { get; init; } = 4;

    /// <summary>How the budget is spent. Default: greedy.</summary>
    public AllocationMethod Method { get; init; }

    /// <summary>Draws of the random method. Default: 50, as in the paper.</summary>
    public int RandomTrials { get; init; } = Allocations.RandomAllocator.PaperTrials;

    /// <summary>Measurements that refine the allocation at the budget by exchanges of bytes between units. Default: none.</summary>
    public int Swaps { get; init; }

    /// <summary>Trials of a study that refines the allocation at the budget: a TPE sampler proposes, measurements decide. Default: none.</summary>
    public int Trials { get; init; }

    /// <summary>Points of the front besides the one at the budget, from the fewest bytes to the most; 0 or at least 2. Default: 9.</summary>
    public int FrontPoints { get; init; } = 9;

    /// <summary>Seed of random draws.</summary>
    public int Seed { get; init; }

    /// <summary>Bytes which cached states may take, for each of the two texts.</summary>
    public long MemoryBytes { get; init; } = Models.Evaluation.Boundaries.BoundaryEvaluator.DefaultMemoryBytes;
}
