namespace Pith.Studies.Trials;

/// <summary>How far a trial is.</summary>
public enum TrialState
{
    /// <summary>It has an assignment and waits.</summary>
    Queued = 0,

    /// <summary>It was started; after a kill it is started again.</summary>
    Running = 1,

    /// <summary>It has a value for every objective.</summary>
    Done = 2,

    /// <summary>It has none, and says why.</summary>
    Failed = 3,

    /// <summary>It was given up early, because it was worse than others.</summary>
    Pruned = 4,
}
