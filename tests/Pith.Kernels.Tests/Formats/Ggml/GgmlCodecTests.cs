using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats.Ggml;

/// <summary>ggml's block types against blocks and bytes worked out by hand from their definitions.</summary>
public sealed class GgmlCodecTests
{
    // Relative root mean square error of ggml's own encoders on 2 million numbers (ggml-org/ggml d99724f, August 2026).
    public static TheoryData<string, double, double> ErrorsOfGgml => new()
    {
        { "q2_k", 0.296256, 0.343947 },
        { "q3_k", 0.150748, 0.176069 },
        { "q4_k", 0.071276, 0.084580 },
        { "q5_k", 0.036095, 0.042825 },
        { "q6_k", 0.017740, 0.021696 },
        { "iq4_nl", 0.076069, 0.087932 },
        { "iq4_xs", 0.076661, 0.088648 },
    };

    [Fact]
    public void EncodeQ80_Halves_RoundAwayFromZero()
    {
        // max 127 gives d = 1.
        var block = Encode("q8_0", 32, (0, 127), (1, 0.5f), (2, -0.5f), (3, 2.5f), (4, -2.5f), (5, 1.49f));
        Assert.Equal([0x00, 0x3C, 127, 1, 0xFF, 3, 0xFD, 1, .. new byte[26]], block);
    }

    [Fact]
    public void EncodeQ40_ElementsJAndJPlus16_ShareAByte()
    {
        // -8 over -8 gives d = 1, code 0; halves round up; 7.6 + 8.5 passes 15 and is held there; zeros have code 8.
        var block = Encode("q4_0", 32, (0, -8), (1, 7), (2, 0.5f), (3, -0.5f), (4, 7.6f), (16, 1));
        Assert.Equal([0x00, 0x3C, 0x90, 0x8F, 0x89, 0x88, 0x8F, .. Enumerable.Repeat((byte)0x88, 11)], block);
    }

    [Fact]
    public void EncodeQ40_PositiveExtreme_HasNegativeScale()
    {
        var block = Encode("q4_0", 32, (0, 8), (1, -0.5f));
        Assert.Equal([0x00, 0xBC, 0x80, 0x89, .. Enumerable.Repeat((byte)0x88, 14)], block);
    }

    [Fact]
    public void EncodeQ40_ScaleBetweenHalves_RoundsCodesByTheScaleBeforeItsRounding()
    {
        // d = 1 + 2^-12 is stored as 1. 1.5 + 2^-12 over the stored d would round to code 10, over d itself it is below 1.5: code 9.
        var tiny = MathF.ScaleB(1, -12);
        var block = Encode("q4_0", 32, (0, -8 * (1 + tiny)), (1, 1.5f + tiny));
        Assert.Equal([0x00, 0x3C, 0x80, 0x89, .. Enumerable.Repeat((byte)0x88, 14)], block);
    }

    [Fact]
    public void EncodeQ41_Range_GivesScaleAndMinimum()
    {
        // From -1 to 14 in 15 steps: d = 1, m = -1; zeros have code 1; -0.5 is half a step up and rounds to 1, -0.51 to 0.
        var block = Encode("q4_1", 32, (0, -1), (1, 14), (2, -0.5f), (3, -0.51f));
        Assert.Equal([0x00, 0x3C, 0x00, 0xBC, 0x10, 0x1F, 0x11, 0x10, .. Enumerable.Repeat((byte)0x11, 12)], block);
    }

    [Fact]
    public void EncodeQ50_FifthBits_LieInAWordOfTheirOwn()
    {
        // -16 over -16 gives d = 1, code 0; 15 has code 31, 1 has code 17, zeros have code 16.
        var block = Encode("q5_0", 32, (0, -16), (1, 15), (17, 1));
        Assert.Equal([0x00, 0x3C, 0xFE, 0xFF, 0xFF, 0xFF, 0x00, 0x1F, .. new byte[14]], block);
    }

    [Fact]
    public void EncodeQ51_Range_GivesScaleAndMinimum()
    {
        // From 0 to 31 in 31 steps: d = 1, m = 0; 16 has only the fifth bit.
        var block = Encode("q5_1", 32, (0, 31), (20, 16));
        Assert.Equal([0x00, 0x3C, 0x00, 0x00, 0x01, 0x00, 0x10, 0x00, 0x0F, .. new byte[15]], block);
    }

    [Fact]
    public void DecodeQ2K_CodesScalesAndMinima_AreFoundWhereTheyLie()
    {
        var block = new byte[84];
        Half(block, 80, 2);
        Half(block, 82, 1);
        block[0] = 0x35; // numbers 0 … 15: s = 5, m = 3
        block[16] = 2; // number 0
        block[8] = 0x21; // numbers 128 … 143: s = 1, m = 2
        block[16 + 34] = 3; // number 130
        var values = Decode("q2_k", block, 256);
        Assert.Equal((2 * 5 * 2) - 3, values[0]);
        Assert.Equal((2 * 1 * 3) - 2, values[130]);
    }

    [Fact]
    public void DecodeQ3K_CodesAndScales_AreFoundWhereTheyLie()
    {
        var block = new byte[110];
        Half(block, 108, 1);
        block[96] = 0x03; // lower bits of s_0 = 35, which stands for 3
        block[104] = 0x02; // its upper bits
        block[32] = 0x03; // lower bits of number 0
        block[0] = 0x01; // its third bit: 7 - 4 = 3
        block[103] = 0xF0; // lower bits of s_15 = 31, which stands for -1
        block[107] = 0x40; // its upper bits
        block[32 + 63] = 0x80; // number 255: 2 - 4 = -2
        var values = Decode("q3_k", block, 256);
        Assert.Equal(9, values[0]);
        Assert.Equal(2, values[255]);
    }

    [Fact]
    public void DecodeQ4K_CountsOfLaterParts_AreSplit()
    {
        var block = new byte[144];
        Half(block, 0, 1);
        Half(block, 2, 0.5f);
        block[4] = 3; // s_0
        block[8] = 2; // m_0
        block[16] = 7; // number 0
        block[4 + 9] = 0x21; // lower bits of s_5 = 33 and m_5 = 18
        block[4 + 1] = 0x80; // upper bits of s_5
        block[4 + 5] = 0x40; // upper bits of m_5
        block[16 + 64 + 2] = 0x40; // number 162: the third pair of parts, the upper nibbles
        var values = Decode("q4_k", block, 256);
        Assert.Equal(20, values[0]);
        Assert.Equal((33 * 4) - 9, values[162]);
    }

    [Fact]
    public void DecodeQ5K_FifthBits_AreOneAPart()
    {
        var block = new byte[176];
        Half(block, 0, 1);
        Half(block, 2, 1);
        block[4] = 1;
        block[8] = 1;
        block[48] = 5;
        block[16] = 0x01; // number 0: 21
        block[4 + 3] = 2; // s_3
        block[48 + 32 + 4] = 0xF0;
        block[16 + 4] = 0x08; // number 100: 31
        var values = Decode("q5_k", block, 256);
        Assert.Equal(20, values[0]);
        Assert.Equal(62, values[100]);
    }

    [Fact]
    public void DecodeQ6K_CodesAndSignedScales_AreFoundWhereTheyLie()
    {
        var block = new byte[210];
        Half(block, 208, 0.5f);
        block[192] = 2;
        block[0] = 1;
        block[128] = 2; // number 0: 33 - 32 = 1
        block[192 + 12] = unchecked((byte)-3);
        block[64 + 8] = 0xF0;
        block[128 + 32 + 8] = 0x30; // number 200: 63 - 32 = 31
        var values = Decode("q6_k", block, 256);
        Assert.Equal(1, values[0]);
        Assert.Equal(-46.5f, values[200]);
    }

    [Fact]
    public void DecodeIq4Nl_Codes_IndexTheUnevenSteps()
    {
        var block = new byte[18];
        Half(block, 0, 0.5f);
        block[2] = 0x8F;
        var values = Decode("iq4_nl", block, 32);
        Assert.Equal(56.5f, values[0]);
        Assert.Equal(0.5f, values[16]);
        Assert.Equal(-63.5f, values[1]);
    }

    [Fact]
    public void DecodeIq4Xs_Scales_HaveSixBitsInTwoPlaces()
    {
        var block = new byte[136];
        Half(block, 0, 1);
        block[3] = 0x80; // upper bits of s_7 = 40, which stands for 8
        block[7] = 0x80; // its lower bits
        block[8 + (7 * 16) + 3] = 0x70;
        var values = Decode("iq4_xs", block, 256);
        Assert.Equal(8 * -127, values[(7 * 32) + 3]);
        Assert.Equal(8 * -10, values[(7 * 32) + 19]);
    }

    [Theory]
    [MemberData(nameof(ErrorsOfGgml))]
    public void Encode_NormalAndLaplaceNumbers_LosesNoMoreThanGgml(string name, double normal, double laplace)
    {
        // 1 % is the bound that is asked for; the figures themselves are exact to about a tenth of that.
        Assert.InRange(RelativeError(name, TestRows.Normal(1 << 16, 0.02, 3)), 0, 1.01 * normal);
        var random = new Random(4);
        var row = Enumerable.Range(0, 1 << 16).Select(_ => (float)(0.01 * (random.Next(2) == 0 ? -1 : 1) * Math.Log(1 - random.NextDouble()))).ToArray();
        Assert.InRange(RelativeError(name, row), 0, 1.01 * laplace);
    }

    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    [InlineData("q4_1")]
    [InlineData("q6_k")]
    [InlineData("iq4_nl")]
    public void Round_ScaleBeyondBinary16_SaturatesInsteadOfOverflowing(string name)
    {
        var row = TestRows.Normal(256, 1e30, 1);
        FormatCodecs.For(NumberFormat.Parse(name)).Round(row, row);
        Assert.All(row, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("q4_k")]
    [InlineData("q6_k")]
    [InlineData("iq4_nl")]
    public void Round_Importance_LowersTheErrorOfImportantNumbers(string name)
    {
        var row = TestRows.Normal(256, 1, 9);
        var importance = Enumerable.Range(0, row.Length).Select(i => i % 4 == 0 ? 100f : 0.01f).ToArray();
        var (plain, weighted) = (new float[row.Length], new float[row.Length]);
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        codec.Round(row, plain);
        codec.Round(row, weighted, importance: importance);
        Assert.True(Error(weighted) < Error(plain), $"{Error(weighted)} and {Error(plain)}");

        double Error(float[] rounded) => row.Zip(rounded, (x, y) => Math.Pow(x - (double)y, 2)).Where((_, i) => i % 4 == 0).Sum();
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Name_Parsed_IsWrittenBackAndCountsItsBits(string name)
    {
        var format = NumberFormat.Parse(name);
        Assert.Equal(name, format.ToString());
        Assert.True(format.IsGgml);
        Assert.Equal(format.BitsPerValue, 8.0 * FormatCodecs.For(format).CodeBytes(format.BlockSize) / format.BlockSize);
    }

    public static TheoryData<string> AllNames => [.. AllFormats.Ggml];

    private static double RelativeError(string name, float[] row)
    {
        var rounded = new float[row.Length];
        FormatCodecs.For(NumberFormat.Parse(name)).Round(row, rounded);
        return Math.Sqrt(row.Zip(rounded, (x, y) => Math.Pow(x - (double)y, 2)).Sum() / row.Sum(x => (double)x * x));
    }

    private static byte[] Encode(string name, int length, params (int Index, float Value)[] values)
    {
        var row = new float[length];
        foreach (var (index, value) in values)
            row[index] = value;
        return FormatCodecTests.Encode(FormatCodecs.For(NumberFormat.Parse(name)), row, 0, []).Codes;
    }

    private static float[] Decode(string name, byte[] block, int length)
    {
        var values = new float[length];
        FormatCodecs.For(NumberFormat.Parse(name)).Decode(block, [], values);
        return values;
    }

    private static void Half(byte[] block, int at, float value) => BitConverter.TryWriteBytes(block.AsSpan(at), (Half)value);
}
