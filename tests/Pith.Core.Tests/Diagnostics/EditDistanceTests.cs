using CsCheck;
using Pith.Core.Diagnostics;

namespace Pith.Core.Tests.Diagnostics;

public sealed class EditDistanceTests
{
    private static readonly Gen<string> AnyWord = Gen.String[Gen.Char['a', 'c'], 0, 6];

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    public void Between_HandWorkedWords_IsThis(string a, string b, int distance) => Assert.Equal(distance, EditDistance.Between(a, b));

    [Fact]
    public void Between_AnyWords_IsAMetric() => Gen.Select(AnyWord, AnyWord, AnyWord).Sample((a, b, c) =>
    {
        Assert.Equal(a == b, EditDistance.Between(a, b) == 0);
        Assert.Equal(EditDistance.Between(a, b), EditDistance.Between(b, a));
        Assert.True(EditDistance.Between(a, c) <= EditDistance.Between(a, b) + EditDistance.Between(b, c));
    });

    [Fact]
    public void FromBeginning_AnyWords_IsTheLeastOverAllBeginnings() => Gen.Select(AnyWord, AnyWord).Sample((a, b) =>
        Assert.Equal(Enumerable.Range(0, b.Length + 1).Min(length => EditDistance.Between(a, b[..length])), EditDistance.FromBeginning(a, b)));
}
