namespace Pith.Models.Calibration;

/// <summary>What is measured, and within which means. Immutable.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Whether the full second moments E[xᵀx] are wanted: inputs² numbers for each distinct input.</summary>
    /// <value>Default: no, the means of each input alone.</value>
    public bool HasSecondMoments { get; init; }

    /// <summary>Bytes of second moments which are held in memory; more are kept in a scratch file.</summary>
    /// <value>≥ 0. Default: 2 GiB.</value>
    public long MemoryLimitBytes { get; init; } = 2L << 30;

    /// <summary>Sequences whose mean |x| is taken together; the largest of these means is what L²QER scales by.</summary>
    /// <value>≥ 1. Default: 2, the paper's.</value>
    public int BatchSequences { get; init; } = 2;

    /// <summary>Batches from one checkpoint to the next, where there is a cache.</summary>
    /// <value>≥ 1. Default: 8.</value>
    public int CheckpointBatches { get; init; } = 8;

    /// <summary>Refuses what is out of range.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MemoryLimitBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointBatches, 1);
    }
}
