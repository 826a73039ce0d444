using Pith.Models.Evaluation;

namespace Pith.Models.Tests.Evaluation;

public sealed class EstimateTests
{
    // 2, 4, 9: mean 5, squared deviations 9 + 1 + 16 = 26, sample variance 13, error √(13/3).
    [Fact]
    public void Mean_ThreeDraws_IsWorkedByHand()
    {
        var estimate = Estimate.Mean(15, 4 + 16 + 81, 3);
        Assert.Equal(5, estimate.Value);
        Assert.Equal(Math.Sqrt(13.0 / 3), estimate.StandardError, 1e-12);
    }

    // 3 of 4: the sample variance of 1, 1, 1, 0 is (3/16 + 9/16)/3 = 1/4, error √(1/16).
    [Fact]
    public void Share_ThreeOfFour_IsWorkedByHand()
    {
        Assert.Equal(new Estimate(0.75, 0.25), Estimate.Share(3, 4));
        Assert.Equal(Estimate.Mean(3, 3, 4), Estimate.Share(3, 4));
    }

    // The root of 4 ± 1 is 2 ± 1/4, as d√x = dx / (2√x).
    [Fact]
    public void Root_AMean_HalvesTheRelativeError() => Assert.Equal(new Estimate(2, 0.25), new Estimate(4, 1).Root());

    [Fact]
    public void Mean_OneDrawOrEqualDraws_HasNoError()
    {
        Assert.Equal(0, Estimate.Mean(0.1, 0.1 * 0.1, 1).StandardError);
        Assert.Equal(0, Estimate.Share(1, 1).StandardError);
        Assert.Equal(0, Estimate.Mean(0.3, 3 * 0.1 * 0.1, 3).StandardError, 1e-8);
        Assert.Equal(0, default(Estimate).Root().StandardError);
    }

    [Fact]
    public void Share_NoDrawsOrTooManyHits_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimate.Share(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimate.Share(2, 1));
    }
}
