namespace Pith.Tune.Tuning;

/// <summary>The recipe of tuning where it differs from that of pre-training.</summary>
public static class TuneDefaults
{
    /// <summary>Highest learning rate.</summary>
    public const double LearningRate = 1e-3;

    /// <summary>Decoupled weight decay of matrices.</summary>
    public const double WeightDecay = 0.01;

    /// <summary>Share of the text, at its end, kept for validation.</summary>
    public const double ValidationShare = 0.02;

    /// <summary>Most tokens of a block where nothing else is asked for.</summary>
    public const int LongestContext = 2048;
}
