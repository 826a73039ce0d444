using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Kernels;

namespace Pith.Compress.Tests.LowRank;

public sealed class AlternationTests
{
    private static readonly AlternationOptions s_options = new() { Term = new LowRankOptions { Rank = 4 }, Turns = 4 };

    [Theory]
    [InlineData("mxint2:16", false)]
    [InlineData("mxint3:16", true)]
    public void Run_ManyTurns_KeepsTheBest(string format, bool termFirst)
    {
        var (w, scale) = Problem();
        var result = Alternation.Run(w, new NearestRounding(NumberFormat.Parse(format)), scale, s_options with { TermFirst = termFirst }, Problems.Two);
        Assert.Equal(4, result.Errors.Count);
        Assert.Equal(result.Errors.Min(), result.Term.ErrorAfter);
        Assert.Equal(result.Errors[result.Turn], result.Term.ErrorAfter);
        Assert.Equal(result.Term.ErrorAfter, LowRankSolver.Error(w, result.Rounded, result.Term.Term, scale, Workers.Single), 1e-9);
    }

    [Fact]
    public void Run_OneTurn_IsThePlainOrder()
    {
        var (w, scale) = Problem();
        var rounding = new NearestRounding(NumberFormat.Parse("mxint3:16"));
        var result = Alternation.Run(w, rounding, scale, s_options with { Turns = 1 }, Problems.Two);
        var rounded = rounding.Round(w, 48, Workers.Single);
        Assert.Equal(rounded, result.Rounded);
        Assert.Equal(LowRankSolver.Solve(w, rounded, scale, s_options.Term, Workers.Single).Term.TransposedB, result.Term.Term.TransposedB);
    }

    // Two bits leave errors as large as the weight: here taking turns pays.
    [Fact]
    public void Run_TwoBits_GainsOverThePlainOrder()
    {
        var (w, scale) = Problem();
        var rounding = new FeedbackRounding(NumberFormat.Parse("mxint2:16"), scale, Problems.Two);
        var result = Alternation.Run(w, rounding, scale, s_options, Problems.Two);
        Assert.True(result.Term.ErrorAfter < result.Errors[0]);
    }

    [Fact]
    public void Run_NoTurns_IsRefused()
    {
        var (w, scale) = Problem();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Alternation.Run(w, new NearestRounding(NumberFormat.Parse("bf16")), scale, s_options with { Turns = 0 }, Workers.Single));
    }

    private static (float[] Weight, ScaleMatrix Scale) Problem() =>
        (Problems.Weight(40, 48, 1), ScaleMatrix.OfSecondMoment(Problems.SecondMoment(Problems.Inputs(200, 48, 1)), Problems.Two));
}
