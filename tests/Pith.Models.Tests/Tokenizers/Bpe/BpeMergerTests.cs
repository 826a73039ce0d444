using CsCheck;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tests.Tokenizers.Bpe;

public sealed class BpeMergerTests
{
    // Few symbols and many merges, so that random sequences join often; ranks repeat, as scores of SentencePiece can.
    private static readonly Gen<MergeTable> s_merges =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7], Gen.Int[0, 12], Gen.Int[0, 7]).Array[0, 40].Select(merges =>
        {
            var table = new MergeTable(merges.Length);
            foreach (var (left, right, rank, id) in merges)
                table.Add(left, right, rank, id);
            return table;
        });

    [Fact]
    public void MergeByHeap_AnySequence_EqualsMergeByScan() =>
        Gen.Select(s_merges, Gen.Int[0, 7].Array[0, 120]).Sample((merges, ids) =>
            Assert.Equal(Run(ids, span => BpeMerger.MergeByScan(merges, span)), Run(ids, span => BpeMerger.MergeByHeap(merges, span))));

    [Fact]
    public void Merge_AnySequence_LeavesNoPairThatJoins() =>
        Gen.Select(s_merges, Gen.Int[0, 7].Array[0, 120]).Sample((merges, ids) =>
        {
            var merged = Run(ids, span => BpeMerger.Merge(merges, span));
            for (var i = 1; i < merged.Length; i++)
                Assert.Equal(MergeTable.Never, merges.Find(merged[i - 1], merged[i], out _));
        });

    [Fact]
    public void Merge_TwoMergesFit_TakesTheLowerRankThenTheLeftmost()
    {
        var merges = new MergeTable(3);
        merges.Add(1, 2, 1, 10);
        merges.Add(2, 3, 0, 11);
        merges.Add(1, 1, 2, 12);
        Assert.Equal([1, 11], Run([1, 2, 3], span => BpeMerger.Merge(merges, span)));
        Assert.Equal([12, 1], Run([1, 1, 1], span => BpeMerger.Merge(merges, span)));
    }

    [Fact]
    public void MergeTable_SamePairTwice_KeepsTheLast()
    {
        var merges = new MergeTable(2);
        merges.Add(1, 2, 5, 10);
        merges.Add(1, 2, 6, 11);
        Assert.Equal((6, 1), (merges.Find(1, 2, out var id), merges.Count));
        Assert.Equal(11, id);
        Assert.Equal(MergeTable.Never, merges.Find(2, 1, out _));
    }

    private delegate int Merging(Span<int> ids);

    private static int[] Run(int[] ids, Merging merge)
    {
        var copy = ids.ToArray();
        return copy[..merge(copy)];
    }
}
