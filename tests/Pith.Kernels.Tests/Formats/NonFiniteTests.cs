using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class NonFiniteTests
{
    private static readonly float[] Specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    public static TheoryData<string> Refusing => [.. AllFormats.Exact.Concat(AllFormats.Compat).Where(name => !NumberFormat.Parse(name).HasNanScale)];

    public static TheoryData<string> Marking => [.. AllFormats.Exact.Where(name => NumberFormat.Parse(name).HasNanScale)];

    [Theory]
    [MemberData(nameof(Refusing))]
    public void Encode_NonFinite_NamesTheFirstIndex(string name)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        foreach (var special in Specials)
        {
            foreach (var index in (int[])[0, 5, 16, 31, 39])
            {
                var row = TestRows.Normal(40, 1, index);
                row[index] = special;
                row[39] = special;
                var round = Assert.Throws<NonFiniteException>(() => codec.Round(row, new float[40], 1));
                Assert.Equal(index, round.Index);
                Assert.Equal(special, round.Value);
                var encode = Assert.Throws<NonFiniteException>(
                    () => codec.Encode(row, new byte[codec.CodeBytes(40)], new byte[codec.ScaleBytes(40)], 1));
                Assert.Equal(index, encode.Index);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Marking))]
    public void Round_NonFinite_MakesItsBlockNanAndNoOther(string name)
    {
        var format = NumberFormat.Parse(name);
        var codec = FormatCodecs.For(format);
        foreach (var special in Specials)
        {
            var row = TestRows.Normal(100, 1, 3);
            var clean = new float[100];
            codec.Round(row, clean);
            row[70] = special;
            var rounded = new float[100];
            codec.Round(row, rounded);
            var (codes, scales) = FormatCodecTests.Encode(codec, row, 0, []);
            var decoded = new float[100];
            codec.Decode(codes, scales, decoded);
            Assert.Equal(rounded, decoded);
            var length = format.BlockLength(100);
            Assert.Equal(255, scales[70 / length]);
            for (var i = 0; i < 100; i++)
                Assert.Equal(i / length == 70 / length ? float.NaN : clean[i], rounded[i]);
        }
    }

    [Fact]
    public void Nvfp4_NoTensorScale_IsRefused()
    {
        var codec = FormatCodecs.For(NumberFormat.Parse("nvfp4"));
        Assert.Throws<ArgumentException>(() => codec.Round([1f], new float[1]));
        Assert.Throws<ArgumentException>(() => codec.Round([1f], new float[1], float.NaN));
        var zeros = new float[2];
        codec.Round([0f, 0f], zeros); // a tensor of zeros has no scale
        Assert.Equal([0f, 0f], zeros);
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(1e-38f)]
    [InlineData(1e-44f)]
    public void Nvfp4_ExtremeTensors_StayFinite(float largest)
    {
        foreach (var name in (string[])["nvfp4", "nvfp4@mse"])
        {
            var codec = FormatCodecs.For(NumberFormat.Parse(name));
            var rounded = new float[16];
            float[] row = [.. Enumerable.Range(0, 16).Select(i => largest / 8 * (i - 8))];
            codec.Round(row, rounded, codec.TensorParameter(largest));
            Assert.All(rounded, value => Assert.True(float.IsFinite(value)));
            Assert.True(rounded[0] < 0);
        }
    }
}
