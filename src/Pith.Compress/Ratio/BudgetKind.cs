namespace Pith.Compress.Ratio;

/// <summary>What a budget limits.</summary>
public enum BudgetKind
{
    /// <summary>Stored bits of a value, on average.</summary>
    Bits = 0,

    /// <summary>Stored bytes of all values decided about.</summary>
    Bytes = 1,

    /// <summary>Mean KL divergence from the unquantized model, in nats a token, on the calibration text.</summary>
    Kl = 2,

    /// <summary>Relative increase of the perplexity over the unquantized model's, on the calibration text: 0.05 is 5 %.</summary>
    Perplexity = 3,
}
