using Pith.Compress.Ratio.Law;

namespace Pith.Compress.Tests.Ratio.Law;

public sealed class SignTestTests
{
    // Tails of the binomial distribution with p = 1/2: 1/32; (1 + 10) / 1024; all of it; 386 / 1024.
    [Theory]
    [InlineData(5, 0, 0.03125)]
    [InlineData(9, 1, 0.0107421875)]
    [InlineData(0, 4, 1)]
    [InlineData(6, 4, 0.376953125)]
    [InlineData(0, 0, 1)]
    public void Probability_OfCounts_IsTheTailOfTheBinomial(int claimed, int against, double expected)
    {
        Assert.Equal(expected, new SignTest("", claimed, against, 3).Probability, 1e-12);
    }
}
