using CsCheck;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Tests.Linear;

public sealed class SecondMomentTests
{
    private const double Unit = 1.0 / (1 << 24);

    // X = (1 2; 3 4): XᵀX = (1+9, 2+12; 14, 4+16), its lower triangle by rows 10, 14, 20.
    [Fact]
    public void AddStripe_ByHand_IsThis()
    {
        var transposed = new float[4];
        SecondMoment.Transpose([1, 2, 3, 4], 2, transposed);
        Assert.Equal([1f, 3, 2, 4], transposed);
        double[] sums = [100, 0, 0];
        SecondMoment.AddStripe(transposed, 2, 0, 2, sums);
        Assert.Equal([110.0, 14, 20], sums);
    }

    [Fact]
    public void AddStripe_AnyShape_StaysWithinTheStatedBound() =>
        Gen.Select(Gen.Int[1, 256], Gen.Int[1, 150], Gen.Int[0, 1_000_000]).Sample((tokens, width, seed) =>
        {
            var x = LinearWeightTests.Numbers(tokens * width, seed);
            var sums = Sum(x, tokens, width);
            for (var i = 0; i < width; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    double exact = 0, magnitude = 0;
                    for (var t = 0; t < tokens; t++)
                    {
                        var term = (double)x[(t * width) + i] * x[(t * width) + j];
                        exact += term;
                        magnitude += Math.Abs(term);
                    }

                    Assert.Equal(exact, sums[SecondMoment.Start(i) + j], (((tokens + 15) / 16) + 4) * Unit * magnitude);
                }
            }
        });

    [Fact]
    public void AddStripe_WrongSizes_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondMoment.AddStripe(new float[200], 1, 0, 65, new double[SecondMoment.Start(65)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondMoment.AddStripe(new float[3], 2, 0, 2, new double[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondMoment.AddStripe(new float[4], 2, 0, 2, new double[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondMoment.Transpose(new float[4], 2, new float[3]));
    }

    private static double[] Sum(float[] x, int tokens, int width)
    {
        var transposed = new float[x.Length];
        SecondMoment.Transpose(x, width, transposed);
        var sums = new double[SecondMoment.Start(width)];
        for (var first = 0; first < width; first += SecondMoment.StripeRows)
        {
            var end = Math.Min(first + SecondMoment.StripeRows, width);
            SecondMoment.AddStripe(transposed, tokens, first, end, sums.AsSpan((int)SecondMoment.Start(first), (int)(SecondMoment.Start(end) - SecondMoment.Start(first))));
        }

        return sums;
    }
}
