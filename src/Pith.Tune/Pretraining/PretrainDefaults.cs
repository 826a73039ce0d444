namespace Pith.Tune.Pretraining;

/// <summary>The family's recipe where it is a choice of ours.</summary>
public static class PretrainDefaults
{
    /// <summary>Highest learning rate.</summary>
    public const double LearningRate = 3e-3;

    /// <summary>Blocks in a batch.</summary>
    public const int BatchBlocks = 8;
}
