using CsCheck;
using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Kernels.Algebra;
using Pith.Kernels.Formats;
using Pith.Kernels;

namespace Pith.Compress.Tests.LowRank;

public sealed class FeedbackRoundingTests
{
    public static TheoryData<string> Formats =>
        ["mxint4:16", "mxint3:32", "bfp4:16", "mxfp4:32", "nvfp4", "bl4:16", "minifloat:e3m2", "bf16", "q4_0", "q4_k", "mxint4:16@mse", "bfp4:16@compat", "fixed8.7"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Round_AnyFormat_LowersTheOutputErrorAndStaysInTheFormat(string name)
    {
        var format = NumberFormat.Parse(name);
        const int inputs = 300;
        var w = Problems.Weight(40, inputs, 1);
        var x = Problems.CorrelatedInputs(400, inputs, 1);
        var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
        var nearest = new NearestRounding(format).Round(w, inputs, Problems.Two);
        var rounded = new FeedbackRounding(format, scale, Problems.Two).Round(w, inputs, Problems.Two);
        Assert.True(Error(x, w, rounded) <= 0.9 * Error(x, w, nearest), $"{Error(x, w, rounded)} against {Error(x, w, nearest)}");
        if (format.HasTensorParameter || format.Family == FormatFamily.Q4K)
            return;
        var again = new NearestRounding(format).Round(rounded, inputs, Problems.Two);
        Assert.Equal(rounded, again);
    }

    // The update of the paper, with the inverse of R and its upper factor: w[j:] −= (w[j] − q) / T[j, j] · T[j, j:].
    [Fact]
    public void Round_ElementByElement_IsTheAlgorithmOfThePaper() => Gen.Select(Gen.Int[2, 30], Gen.Int[0, 1_000_000]).Sample(
        (inputs, seed) =>
        {
            var format = NumberFormat.Parse("fixed6.9");
            var w = Problems.Weight(5, inputs, seed);
            var x = Problems.Inputs(80, inputs, seed);
            var r = Problems.SecondMoment(x);
            var mean = Enumerable.Range(0, inputs).Average(i => r[i, i]);
            for (var i = 0; i < inputs; i++)
                r[i, i] += 0.01 * mean;
            var upper = Problems.ToMathNet(r).Inverse().Cholesky().Factor.Transpose();
            var expected = new float[w.Length];
            for (var row = 0; row < 5; row++)
            {
                var rest = w.AsSpan(row * inputs, inputs).ToArray().Select(value => (double)value).ToArray();
                for (var j = 0; j < inputs; j++)
                {
                    var q = expected.AsSpan((row * inputs) + j, 1);
                    FormatCodecs.For(format).Round([(float)rest[j]], q);
                    var error = (rest[j] - q[0]) / upper[j, j];
                    for (var k = j; k < inputs; k++)
                        rest[k] -= error * upper[j, k];
                }
            }

            var scale = ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), Problems.Two);
            var found = new FeedbackRounding(format, scale, Problems.Two).Round(w, inputs, Problems.Two);
            Assert.Equal(expected, found);
        },
        iter: 50);

    [Fact]
    public void Round_UncorrelatedInputs_IsTheNearest()
    {
        var format = NumberFormat.Parse("mxint4:16");
        var w = Problems.Weight(8, 48, 2);
        var scale = ScaleMatrix.OfMeanSquares(Enumerable.Range(1, 48).Select(i => (double)i).ToArray());
        Assert.Equal(
            new NearestRounding(format).Round(w, 48, Workers.Single), new FeedbackRounding(format, scale, Workers.Single).Round(w, 48, Workers.Single));
    }

    [Fact]
    public void Round_ManyThreads_GivesTheSameBitsAsOne()
    {
        var format = NumberFormat.Parse("mxint3:16");
        var w = Problems.Weight(70, 280, 3);
        var x = Problems.Inputs(400, 280, 3);
        float[] Round(int threads) => new FeedbackRounding(format, ScaleMatrix.OfSecondMoment(Problems.SecondMoment(x), new Workers(threads)), new Workers(threads))
            .Round(w, 280, new Workers(threads));
        Assert.Equal(Round(1), Round(5));
    }

    [Fact]
    public void Round_OtherInputs_AreRefused()
    {
        var rounding = new FeedbackRounding(NumberFormat.Parse("bf16"), ScaleMatrix.Identity(4), Workers.Single);
        Assert.Throws<ArgumentException>(() => rounding.Round(new float[6], 3, Workers.Single));
    }

    private static double Error(Matrix x, float[] weight, float[] rounded) => Problems.OutputError(x, Problems.Rest(weight, rounded, null, x.Columns));
}
