using Pith.Studies.Samplers;
using Pith.Studies.Spaces;

namespace Pith.Studies.Tests.Spaces;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Create_WrongParameters_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SearchSpace([new CategoricalParameter("a", ["x"]), new IntegerParameter("a", 0, 1)]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new CategoricalParameter("a", [])]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new CategoricalParameter("a", ["x", "x"])]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new IntegerParameter("a", 2, 1)]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new NumberParameter("a", 0, double.NaN)]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new NumberParameter("a", 0, 1) { IsLogarithmic = true }]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SearchSpace([]));
    }

    [Fact]
    public void Groups_OfParameters_KeepTheOrder()
    {
        Assert.Equal([[0], [1, 2], [3]], Toys.MixedSpace.Groups.Select(group => group.ToArray()));
    }

    [Fact]
    public void Draw_ManyTimes_ReachesEveryValueAndNoOther()
    {
        var space = Toys.MixedSpace;
        var drawn = Enumerable.Range(0, 3000).Select(i => space.Draw(new TrialRandom(1, i))).ToList();
        Assert.Equal(3, drawn.Select(assignment => assignment["a"]).Distinct().Count());

        // On a logarithmic scale the rarest integer, 64, has a share of ln(64.5 / 63.5) / ln(64.5 / 0.5) = 0.0032: none of 3000 is a 6e-5 event.
        Assert.Equal(64, drawn.Max(assignment => assignment.Integer("c")));
        Assert.Equal(1, drawn.Min(assignment => assignment.Integer("c")));

        // Half of them lie below sqrt(0.5 * 64.5) = 5.7, so are 5 or less but for the part from 5.5: standard error 0.009.
        Assert.Equal(Math.Log(5.5 / 0.5) / Math.Log(64.5 / 0.5), drawn.Count(assignment => assignment.Integer("c") <= 5) / 3000.0, 0.045);
    }

    [Fact]
    public void Assignment_OfChoices_SpeaksInNames()
    {
        var space = Toys.Choices(2, "low", "high");
        var assignment = Assignment.OfChoices(space, ["high", "low"]);
        Assert.Equal("high", assignment["p0"]);
        Assert.Equal([1.0, 0.0], assignment.Values);
        Assert.Equal("p0=high, p1=low", assignment.ToString());
        Assert.Throws<ArgumentException>(() => Assignment.OfChoices(space, ["high", "medium"]));
        Assert.Throws<ArgumentException>(() => Assignment.OfChoices(space, ["high"]));
        Assert.Throws<ArgumentException>(() => assignment["p2"]);
    }
}
