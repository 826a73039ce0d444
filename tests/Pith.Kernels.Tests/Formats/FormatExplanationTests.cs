using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class FormatExplanationTests
{
    public static TheoryData<string> Narrow => AllFormats.Narrow;

    [Fact]
    public void Elements_OfMxfp4_AreTheSixteenOfTheSpecification()
    {
        var explanation = new FormatExplanation(NumberFormat.Parse("mxfp4:32"));
        Assert.Equal([0, .5, 1, 1.5, 2, 3, 4, 6, 0, -.5, -1, -1.5, -2, -3, -4, -6], explanation.Elements.Select(element => element.Value));
        Assert.Equal("1 10 1", explanation.Elements[13].Bits);
    }

    // Largest and smallest elements by the table of the MX specification, and by hand for the others.
    [Theory]
    [InlineData("mxfp8e5m2:32", 57344, 1.0 / 65536)]
    [InlineData("mxfp8e4m3:32", 448, 1.0 / 512)]
    [InlineData("mxfp6e3m2:32", 28, 1.0 / 16)]
    [InlineData("mxfp6e2m3:32", 7.5, 1.0 / 8)]
    [InlineData("mxfp4:32", 6, 0.5)]
    [InlineData("mxint8:32", 127, 1)]
    [InlineData("minifloat:e4m3", 480, 1.0 / 512)]
    [InlineData("dmf:e4m3", 224, 1.0 / 1024)]
    [InlineData("bfp6:16", 31, 1)]
    [InlineData("bl4:16", 128, 2)]
    public void ElementRange_OfAFormat_IsThatOfItsTable(string name, double largest, double smallest)
    {
        var explanation = new FormatExplanation(NumberFormat.Parse(name));
        Assert.Equal((largest, smallest), (explanation.LargestElement!.Value, explanation.SmallestElement!.Value));
    }

    [Theory]
    [MemberData(nameof(Narrow))]
    public void Explain_Block_AgreesWithTheCodec(string name)
    {
        var format = NumberFormat.Parse(name);
        var explanation = new FormatExplanation(format);
        Assert.NotEmpty(explanation.Facts);
        var row = TestRows.Normal(format.BlockSize > 0 ? format.BlockSize : 16, 3, seed: 4);
        var codec = FormatCodecs.For(format);
        var rounded = new float[row.Length];
        codec.Round(row, rounded, codec.TensorParameter(row.Max(Math.Abs)));
        var block = explanation.Explain(row);
        Assert.Equal(rounded, block.Elements.Select(step => step.Rounded));
        Assert.All(block.Elements, step => Assert.Equal(step.Rounded, (float)(step.Element * block.Scale)));
        Assert.Equal(format.ScaleBits > 0, block.ScaleCode is not null);
    }

    [Fact]
    public void Explain_MoreThanABlockOrNothing_IsRefused()
    {
        var explanation = new FormatExplanation(NumberFormat.Parse("bfp6:4"));
        Assert.Throws<ArgumentOutOfRangeException>(() => explanation.Explain(new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => explanation.Explain([]));
        Assert.Throws<NonFiniteException>(() => explanation.Explain([1, float.NaN]));
        Assert.Throws<NotSupportedException>(() => new FormatExplanation(NumberFormat.Float32).Explain([1]));
    }
}
