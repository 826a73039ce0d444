using System.Globalization;

namespace Pith.Models.Generation;

/// <summary>How the next token is drawn from the logits.</summary>
/// <remarks>The filters apply in this order: temperature, top-k, top-p, min-p, each to what the one before it left; at least the likeliest token
/// remains. Immutable, hence thread-safe.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 takes the likeliest token always (the one of the smallest id where several are).</summary>
    /// <value>0 … 100. Default 0.8.</value>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Keeps this many of the likeliest tokens; 0 keeps all.</summary>
    /// <value>At least 0. Default 0.</value>
    public int TopK { get; init; }

    /// <summary>Keeps the fewest likeliest tokens whose probabilities sum to at least this.</summary>
    /// <value>Above 0, at most 1, which keeps all. Default 0.95.</value>
    public double TopP { get; init; } = 0.95;

    /// <summary>Keeps tokens whose probability is at least this share of the likeliest one's.</summary>
    /// <value>0, which keeps all, … 1. Default 0.</value>
    public double MinP { get; init; }

    /// <summary>Seed of the draws: the same text, model, options and seed give the same tokens.</summary>
    /// <value>Any. Default 0.</value>
    public int Seed { get; init; }

    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">The message names the option, its range and the value.</exception>
    public void Check()
    {
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), "The temperature is 0 to 100", Temperature);
        Require(TopK >= 0, nameof(TopK), "Top-k is at least 0", TopK);
        Require(TopP is > 0 and <= 1, nameof(TopP), "Top-p is above 0 and at most 1", TopP);
        Require(MinP is >= 0 and <= 1, nameof(MinP), "Min-p is 0 to 1", MinP);
    }

    private static void Require(bool holds, string name, string range, double value)
    {
        if (!holds)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{range}, found {value}."), name);
    }
}
