using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class ScaleRuleTests
{
    public static TheoryData<string> Searching => [.. AllFormats.Exact.Where(name => name.EndsWith("@mse", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Searching))]
    public void Mse_AnyRow_IsNeverWorseThanTheStandardRule(string name)
    {
        var best = FormatCodecs.For(NumberFormat.Parse(name));
        var standard = FormatCodecs.For(NumberFormat.Parse(name[..name.IndexOf('@', StringComparison.Ordinal)]));
        var strictly = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var row = seed % 2 == 0 ? TestRows.Normal(80, 0.02, seed) : TestRows.Corners(80, seed);
            var importance = seed % 3 == 0 ? [] : TestRows.Importance(80, seed);
            var parameter = best.TensorParameter(row.Max(Math.Abs));
            var (found, bound) = (Error(best, row, importance, parameter), Error(standard, row, importance, parameter));

            // The blocks' sums are compared exactly; only their total, taken here in another order, is rounded.
            Assert.True(found <= bound * (1 + 1e-12), $"{name}, seed {seed}: {found} > {bound}");
            strictly += found < bound ? 1 : 0;
        }

        Assert.True(strictly > 10, $"{name}: better in {strictly} of 200 rows only");
    }

    [Theory]
    [InlineData("bfp4:16@mse")]
    [InlineData("mxint4:16@mse")]
    [InlineData("mxfp4:32@mse")]
    [InlineData("bmf6:16@mse")]
    [InlineData("bl4:16@mse")]
    public void Mse_Tie_GoesToTheStandardScale(string name)
    {
        // Where every scale holds the numbers without error, the stored scale is the standard one.
        var format = NumberFormat.Parse(name);
        var standard = FormatCodecs.For(NumberFormat.Parse(name[..^4]));
        var codec = FormatCodecs.For(format);
        float[] row = [0.5f, -0.5f, 0, 0];
        var (expected, found) = (new byte[1], new byte[1]);
        standard.Encode(row, new byte[standard.CodeBytes(4)], expected);
        codec.Encode(row, new byte[codec.CodeBytes(4)], found);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Mse_Importance_DecidesWhichElementCounts()
    {
        // 6.9 needs the larger scale to be kept, 0.5 the smaller one.
        var codec = FormatCodecs.For(NumberFormat.Parse("mxfp4:32@mse"));
        float[] row = [7.4f, 0.5f];
        var rounded = new float[2];
        codec.Round(row, rounded, 0, [1, 0]);
        Assert.Equal(8, rounded[0]);
        codec.Round(row, rounded, 0, [0, 1]);
        Assert.Equal([6, 0.5f], rounded);
    }

    [Theory]
    [InlineData("mxint4:16@ceil")]
    [InlineData("mxint8:32@ceil")]
    [InlineData("mxfp4:32@ceil")]
    [InlineData("mxfp8e4m3:32@ceil")]
    [InlineData("mxfp6e3m2:32@ceil")]
    public void Ceil_AnyBlock_TakesTheSmallestScaleWithoutSaturation(string name)
    {
        var format = NumberFormat.Parse(name);
        var codec = FormatCodecs.For(format);
        var explanation = new FormatExplanation(format);
        var largestElement = explanation.LargestElement!.Value;
        for (var seed = 0; seed < 300; seed++)
        {
            var row = TestRows.Normal(format.BlockSize, Math.ScaleB(1, (seed % 60) - 30), seed);
            var largest = (double)row.Max(Math.Abs);
            var scale = explanation.Explain(row).Scale;
            Assert.True(largest <= largestElement * scale);
            Assert.True(largest > largestElement * scale / 2);
        }
    }

    private static double Error(FormatCodec codec, float[] row, float[] importance, float parameter)
    {
        var rounded = new float[row.Length];
        codec.Round(row, rounded, parameter, importance);
        return row.Select((value, i) => (importance.Length == 0 ? 1.0 : importance[i]) * Math.Pow((double)value - rounded[i], 2)).Sum();
    }
}
