using CsCheck;
using Pith.Models.Generation;

namespace Pith.Models.Tests.Generation;

public sealed class StopStringsTests
{
    [Fact]
    public void Add_AcrossPieces_HoldsBackAPossibleStart()
    {
        var stops = new StopStrings(["END", "\n\n"]);
        Assert.Equal("ab", stops.Add("abE"));
        Assert.Equal("E", stops.Add("E"));
        Assert.Equal("", stops.Add("N"));
        Assert.Equal("ENx", stops.Add("x"));
        Assert.Equal("y", stops.Add("yEN"));
        Assert.False(stops.IsFound);
        Assert.Equal("", stops.Add("Dz"));
        Assert.True(stops.IsFound);
        Assert.Equal("", stops.Add("more"));
        Assert.Equal("", stops.Finish());
    }

    [Fact]
    public void Finish_HeldBackText_IsReturned()
    {
        var stops = new StopStrings(["END"]);
        Assert.Equal("a", stops.Add("aEN"));
        Assert.Equal("EN", stops.Finish());
    }

    // However the text is cut, what comes out is the text before the stop string that is complete first.
    [Fact]
    public void Add_AnyCuts_GivesTheTextBeforeTheFirstStop() =>
        Gen.Select(Gen.Char['a', 'c'].Array[0, 30], Gen.Char['a', 'c'].Array[1, 4].Array[0, 3], Gen.Int[1, 5]).Sample((letters, endings, size) =>
        {
            var text = new string(letters);
            var all = endings.Select(ending => new string(ending)).ToArray();
            var end = Enumerable.Range(0, text.Length + 1).FirstOrDefault(length => Array.Exists(all, text[..length].EndsWith), -1);
            var first = end < 0 ? text.Length : all.Where(text[..end].EndsWith).Min(stop => end - stop.Length);
            var stops = new StopStrings(all);
            var pieces = letters.Chunk(size).Select(piece => stops.Add(new string(piece))).ToList();
            return string.Concat(pieces) + stops.Finish() == text[..first] && stops.IsFound == (end >= 0);
        });
}
