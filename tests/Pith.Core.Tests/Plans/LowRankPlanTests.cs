using Pith.Core.Formats;
using Pith.Core.Plans;

namespace Pith.Core.Tests.Plans;

public sealed class LowRankPlanTests
{
    private static readonly NumberFormat Mxint8 = NumberFormat.Parse("mxint8:16");

    [Fact]
    public void Equals_Fp32AndNoFormat_AreOneDecision() =>
        Assert.Equal(new LowRankPlan(8, null), new LowRankPlan(8, NumberFormat.Parse("fp32")));

    [Fact]
    public void Constructor_RankBelowOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new LowRankPlan(0, null));

    // LQER's worked case (the design's section 1): 8.5 · 32 · (4096 + 4096) bits for a square weight of 4096.
    [Fact]
    public void StoredBits_Mxint8_AreEightAndAHalfEach() => Assert.Equal(2_228_224, new LowRankPlan(32, Mxint8).StoredBits(4096, 4096));

    // A: 3 rows of 20 inputs are 2 blocks of 17 bytes each; B: 5 rows of one block.
    [Fact]
    public void StoredBits_RaggedBlocks_CountTheirPadding() => Assert.Equal(8 * ((3 * 34) + (5 * 17)), new LowRankPlan(3, Mxint8).StoredBits(5, 20));

    [Fact]
    public void StoredBits_Floats_AreThirtyTwoEach() => Assert.Equal(32 * 3 * 25, new LowRankPlan(3, null).StoredBits(5, 20));

    [Fact]
    public void Text_OfEveryMethod_ReadsBack() => Assert.All(Enum.GetValues<LowRankMethod>(), method =>
    {
        Assert.True(LowRankMethods.TryParse(method.Text(), out var read));
        Assert.Equal(method, read);
    });

    [Fact]
    public void TryParse_AnotherText_IsFalse() => Assert.False(LowRankMethods.TryParse("QERA", out _));
}
