namespace Pith.Compress.Ratio.Law;

/// <summary>Pairs of measurements of which a claim says which one is larger.</summary>
/// <param name="Claim">The claim, for people.</param>
/// <param name="For">Pairs as claimed.</param>
/// <param name="Against">Pairs the other way round.</param>
/// <param name="Ties">Pairs without a difference, among them those where both models fit the budget as a whole.</param>
public sealed record SignTest(string Claim, int For, int Against, int Ties)
{
    private const double Level = 0.05;

    /// <summary>Probability of so many pairs as claimed, or more, if either way were equally likely (exact, one-sided).</summary>
    /// <remarks>Pairs that share a model are not independent: the number orders claims, it proves none.</remarks>
    public double Probability
    {
        get
        {
            var pairs = For + Against;
            var term = Math.Pow(0.5, pairs);
            var sum = 0.0;
            for (var count = pairs; count >= For; count--)
            {
                sum += term;
                term *= (double)count / (pairs - count + 1);
            }

            return Math.Min(1, sum);
        }
    }

    /// <summary>Whether the claim was found: the probability is below 5 %.</summary>
    public bool IsFound => Probability < Level;

    /// <summary>Counts pairs.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="pairs">What should be smaller, what should be larger.</param>
    internal static SignTest Of(string claim, IEnumerable<(double Smaller, double Larger)> pairs)
    {
        var signs = pairs.GroupBy(pair => Math.Sign(pair.Larger - pair.Smaller)).ToDictionary(group => group.Key, group => group.Count());
        return new SignTest(claim, signs.GetValueOrDefault(1), signs.GetValueOrDefault(-1), signs.GetValueOrDefault(0));
    }
}
