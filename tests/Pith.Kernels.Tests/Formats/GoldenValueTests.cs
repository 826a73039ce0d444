using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Values measured on the reference implementations (llm-mixed-q, microxcaling) or worked by hand.</summary>
public sealed class GoldenValueTests
{
    [Theory]

    // Block floating point, measured on the reference implementation, and what correct rounding gives: the maximum 1.0 needs
    // exponent 1, so the step is 1/4 and 0.124 lies below its half.
    [InlineData("bfp4:16@compat", "1 0.9 -0.5 0.26 0.124", "0.875 0.875 -0.5 0.25 0.125")]
    [InlineData("bfp4:16@compat", "1.5 1.35 -0.75 0.39 0.186", "1.5 1.25 -0.75 0.5 0.25")]
    [InlineData("bfp4:16", "1 0.9 -0.5 0.26 0.124", "1 1 -0.5 0.25 0")]
    [InlineData("bfp4:16", "1.5 1.35 -0.75 0.39 0.186", "1.5 1.25 -0.75 0.5 0.25")]
    [InlineData("bfp4:16", "0.93 0.5", "0.875 0.5")] // 7.44 steps of 1/8: no carry
    [InlineData("bfp4:16", "0.94 0.5", "1 0.5")] // 7.52 steps would round to 8: exponent 1
    [InlineData("bfp4:16", "0.9375 0.3", "1 0.25")] // 7.5 steps tie to the even 8

    // Minifloat: no carry in the reference implementation.
    [InlineData("minifloat:e4m3@compat", "0.0155", "0.013671875")]
    [InlineData("minifloat:e4m3", "0.0155", "0.015625")]
    [InlineData("minifloat:e4m3", "1e9 -481 479 0.0009765625 0.00097656261", "480 -480 480 0 0.001953125")]
    [InlineData("minifloat:e4m3@compat", "1e9 -481 1.9999", "480 -480 1.875")]

    // Denormalised minifloat: powers of two saturate in the reference implementation.
    [InlineData("dmf:e4m3@compat", "1 2 -0.25", "0.875 1.75 -0.21875")]
    [InlineData("dmf:e4m3", "1 2 -0.25 1e9 0.9375", "1 2 -0.25 224 1")]

    // MXINT holds powers of two; otherwise it is block floating point with the exponent above.
    [InlineData("mxint4:16", "1 0.9 -0.5 0.26 0.124", "1 1 -0.5 0.25 0")]
    [InlineData("mxint4:16", "1.9 0.9 -0.5", "1.75 1 -0.5")] // 1.9 is 7.6 steps: saturates, no carry
    [InlineData("mxint4:16@ceil", "1.9 0.9 -0.5", "2 1 -0.5")]
    [InlineData("mxint8:32", "1.99 -2 0.0078126", "2 -2 0")] // maximum 2: steps of 1/32
    [InlineData("mxint8:32", "1.999 -1.995 0.0078126", "1.984375 -1.984375 0.015625")] // saturates at ±127/64, never -128

    // Block minifloat: with the reference implementation's bias a block below one is lost.
    [InlineData("bmf8:16@compat", "0.02 -0.05 0.01", "0 0 0")]
    [InlineData("bmf8:16", "0.02 -0.05 0.01", "0.01953125 -0.05078125 0.009765625")]

    // Block logarithm: borders at 2^(k+½); zero is a value, in the reference implementation 2^-127.
    [InlineData("bl8:16", "1 0 0.7071 0.7072 -3 1.4142135 1.4142136", "1 0 0.5 1 -4 1 2")]
    [InlineData("bl8:16", "1.4142137 -2e-38", "2 -2.3509887E-38")]
    [InlineData("bl8:16@compat", "1 0", "1 5.877472E-39")]

    // MXFP4 by microxcaling, round to nearest even; ties that ggml takes down go to the even code.
    [InlineData("mxfp4:32", "7 5 2.5 0.25 0", "6 4 2 0 0")]
    [InlineData("mxfp4:32", "4 0.75 1.75 3.5 -0.25 -0.75", "4 1 2 4 0 -1")]
    [InlineData("mxfp4:32@ceil", "7 5 2.5 0.25", "8 4 2 0")] // scale 2: 3.5 ties to the even 4
    [InlineData("mxfp8e4m3:32", "500 1 0.0009765625", "448 1 0")] // scale 1: half of the smallest subnormal is 2^-10
    [InlineData("mxfp8e4m3:32", "256 17 0.00098", "256 16 0.001953125")]
    [InlineData("mxfp6e2m3:32", "7.9 0.0625 0.0626 1.06", "7.5 0 0.125 1")]
    [InlineData("mxfp6e3m2:32", "31 0.03125 0.032 13", "28 0 0.0625 12")]
    [InlineData("mxfp8e5m2:32", "65535 1.3", "57344 1.25")]

    // Fixed point.
    [InlineData("fixed8.7", "1 -1 -2 0.00390625 0.01171875", "0.9921875 -1 -1 0 0.015625")]
    [InlineData("fixed8.4", "9 -9 0.03 0.0313", "7.9375 -8 0 0.0625")]
    [InlineData("bf16", "1.00390625 1.01171875 3.39e38 3.4e38 NaN -Infinity", "1 1.015625 3.3895314E+38 Infinity NaN -Infinity")]
    [InlineData("fp16", "2049 2051 65519 65520 5.9604645e-8", "2048 2052 65504 Infinity 5.9604645E-08")]
    [InlineData("fp32", "0.1 NaN", "0.1 NaN")]
    public void Round_KnownBlock_GivesKnownValues(string name, string block, string expected)
    {
        var row = Numbers(block);
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var rounded = new float[row.Length];
        codec.Round(row, rounded, codec.TensorParameter(row.Max(Math.Abs)));
        Assert.Equal(Numbers(expected), rounded);
    }

    [Theory]
    [InlineData("minifloat:e4m3", 480)]
    [InlineData("dmf:e4m3", 224)]
    [InlineData("minifloat:e2m1", 6)]
    public void Round_Huge_SaturatesAtTheLargest(string name, float largest)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var rounded = new float[2];
        codec.Round([float.MaxValue, -float.MaxValue], rounded);
        Assert.Equal([largest, -largest], rounded);
    }

    [Theory]
    [InlineData(0f, 7)]
    [InlineData(0.4f, 7)]
    [InlineData(0.999f, 7)]
    [InlineData(1f, 6)]
    [InlineData(1.9f, 6)]
    [InlineData(100f, 0)]
    [InlineData(1000f, -3)]
    public void TensorParameter_CalibratedFixed_IsTheFractionBits(float largest, int fractionBits) =>
        Assert.Equal(fractionBits, FormatCodecs.For(NumberFormat.Parse("fixed8")).TensorParameter(largest));

    [Fact]
    public void Round_CalibratedFixed_EqualsTheFixedFormatOfItsFractionBits()
    {
        var row = TestRows.Normal(100, 1, seed: 1); // largest between 2 and 4: int bits 3, f = 5
        var calibrated = FormatCodecs.For(NumberFormat.Parse("fixed8"));
        var given = FormatCodecs.For(NumberFormat.Parse("fixed8.5"));
        var (found, expected) = (new float[100], new float[100]);
        calibrated.Round(row, found, calibrated.TensorParameter(row.Max(Math.Abs)));
        given.Round(row, expected);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Nvfp4_HandWorkedTensor_GivesScalesAndValues()
    {
        // Largest 2688 = 6·448: the tensor scale is 1. Second block: largest 13, 13/6 = 2.1667 in E4M3 is 2.25; 13/2.25 = 5.78 -> 6,
        // 1/2.25 = 0.44 -> 0.5, -4/2.25 = -1.78 -> -2.
        var row = new float[32];
        (row[0], row[1], row[16], row[17], row[18]) = (2688, 800, 13, 1, -4);
        var packed = PackedMatrix.Pack(NumberFormat.Parse("nvfp4"), row, 32);
        Assert.Equal(1, packed.TensorParameter);
        Assert.Equal([0x7E, 0b0_1000_001], packed.Scales.ToArray());
        var decoded = new float[32];
        packed.DecodeRow(0, decoded);
        Assert.Equal([2688f, 896f], decoded[..2]); // 800/448 = 1.786 -> 2
        Assert.Equal([13.5f, 1.125f, -4.5f, 0f], decoded[16..20]);
    }

    // E8M0: floor(log2 max) - emax + 127, where e below -127 becomes -127.
    [Theory]
    [InlineData("mxfp8e4m3:32", 1f, 119)]
    [InlineData("mxfp8e5m2:32", 1f, 112)]
    [InlineData("mxfp6e3m2:32", 1f, 123)]
    [InlineData("mxfp6e2m3:32", 1f, 125)]
    [InlineData("mxfp4:32", 1f, 125)]
    [InlineData("mxint8:32", 1f, 127)]
    [InlineData("mxint8:32", 1.99f, 127)]
    [InlineData("mxint8:32", 1e-40f, 0)]
    [InlineData("mxfp4:32", float.MaxValue, 252)]
    [InlineData("mxfp4:32", 1e-38f, 0)]
    [InlineData("mxint4:16", 1f, 127)]
    [InlineData("bfp4:16", 1f, 128)] // 1 needs exponent 1
    [InlineData("bfp4:16", 0.9f, 127)]
    [InlineData("bfp4:16@compat", 1f, 127)]
    [InlineData("bfp4:16", 0f, 0)]
    [InlineData("mxfp4:32", 0f, 0)]
    [InlineData("bmf8:16", 1f, 15)]
    [InlineData("bmf8:16", 3e38f, 256 + 15 - 127)] // -112 as a byte
    [InlineData("bl8:16", 1f, 127)]
    [InlineData("bl8:16", 1.1f, 126)]
    public void Encode_Maximum_GivesTheScaleCode(string name, float largest, byte scale)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var scales = new byte[1];
        codec.Encode([largest], new byte[codec.CodeBytes(1)], scales);
        Assert.Equal([scale], scales);
    }

    [Fact]
    public void Decode_OcpSpecials_AreNanAndInfinity()
    {
        var e4m3 = FormatCodecs.For(NumberFormat.Parse("mxfp8e4m3:32"));
        var e5m2 = FormatCodecs.For(NumberFormat.Parse("mxfp8e5m2:32"));
        byte[] codes = [0x7F, 0xFF, 0x7C, 0xFC, 0x7D, 0x7E, 0x7B, 0x80, .. new byte[24]];
        var values = new float[32];
        e4m3.Decode(codes, [127], values);
        Assert.Equal([float.NaN, float.NaN, 384, -384, 416, 448, 352, 0], values[..8]);
        e5m2.Decode(codes, [127], values);
        Assert.Equal([float.NaN, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.NaN, 57344, 0], values[..8]);
    }

    [Fact]
    public void Decode_MxintCodeMinus128_IsMinusTwo()
    {
        var codec = FormatCodecs.For(NumberFormat.Parse("mxint8:32"));
        var codes = new byte[32];
        codes[0] = 0x80;
        var values = new float[32];
        codec.Decode(codes, [127], values);
        Assert.Equal(-2f, values[0]);
    }

    [Fact]
    public void Encode_DmfValue_TakesTheCanonicalCode()
    {
        // 0.5 = 4/8·2^0 = 2/8·2^1 = 1/8·2^2: the largest mantissa has the smallest exponent, e = bias + 0 = 7.
        var codec = FormatCodecs.For(NumberFormat.Parse("dmf:e4m3"));
        var codes = new byte[3];
        codec.Encode([0.5f, -0.4375f, 0.0009765625f], codes, []);
        Assert.Equal([0b0_0111_100, 0b1_0110_111, 0b0_0000_001], codes);
    }

    internal static float[] Numbers(string text) =>
        [.. text.Split(' ').Select(word => float.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
}
