using CsCheck;
using Pith.Compress.LowRank;

namespace Pith.Compress.Tests.LowRank;

public sealed class RankAllocationTests
{
    private static readonly Gen<RankCandidate> s_candidates = Gen.Select(
        Gen.Double[0, 10].Array[1, 4], Gen.Double[0, 3]).Select((sigma, g) => new RankCandidate([.. sigma.OrderDescending()], g, 7));

    // Hand-worked: gains per byte 9/2, 4/2, 1/2 for the first, 16/4, 9/4 for the second; the budget of 10 buys 9/2, 16/4, 9/4.
    [Fact]
    public void Allocate_TwoWeights_TakesTheBestPerByte()
    {
        var ranks = RankAllocation.Allocate([new([3, 2, 1], 1, 2), new([4, 3], 1, 4)], 10);
        Assert.Equal([1, 2], ranks);
    }

    [Fact]
    public void Allocate_StepTooDear_LeavesRoomForCheaperOnes() =>
        Assert.Equal([0, 2], RankAllocation.Allocate([new([100], 1, 50), new([1, 1], 1, 2)], 5));

    [Fact]
    public void Allocate_SameBytesEverywhere_IsTheBestOfAllAllocations() => Gen.Select(s_candidates.Array[1, 4], Gen.Int[0, 10]).Sample((candidates, steps) =>
    {
        var ranks = RankAllocation.Allocate(candidates, steps * 7);
        Assert.True(ranks.Sum() <= steps);
        Assert.Equal(Best(candidates, steps), Gain(candidates, ranks), 1e-9);
    });

    [Fact]
    public void Allocate_Step_GivesMultiples()
    {
        var ranks = RankAllocation.Allocate([new([5, 4, 3, 2, 1], 1, 1), new([5, 4, 3], 2, 1)], 100, step: 2);
        Assert.Equal([4, 2], ranks);
    }

    [Fact]
    public void Allocate_NoGain_SpendsNothing() => Assert.Equal([0, 0], RankAllocation.Allocate([new([0, 0], 1, 1), new([1], 0, 1)], 100));

    [Fact]
    public void Allocate_BadCandidates_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => RankAllocation.Allocate([new([1, 2], 1, 1)], 1));
        Assert.Throws<ArgumentException>(() => RankAllocation.Allocate([new([1], 1, 0)], 1));
        Assert.Throws<ArgumentException>(() => RankAllocation.Allocate([new([1], double.NaN, 1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankAllocation.Allocate([], -1));
    }

    private static double Gain(RankCandidate[] candidates, int[] ranks) =>
        candidates.Zip(ranks, (candidate, rank) => candidate.Sensitivity * candidate.SingularValues.Take(rank).Sum(s => s * s)).Sum();

    private static double Best(RankCandidate[] candidates, int steps)
    {
        if (candidates.Length == 0)
            return 0;
        var most = Math.Min(steps, candidates[0].SingularValues.Count);
        return Enumerable.Range(0, most + 1).Max(rank => Gain(candidates[..1], [rank]) + Best(candidates[1..], steps - rank));
    }
}
