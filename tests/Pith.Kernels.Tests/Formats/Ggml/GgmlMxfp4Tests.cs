using CsCheck;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats.Ggml;

public sealed class GgmlMxfp4Tests
{
    [Fact]
    public void Encode_Ties_GoToTheSmallerMagnitude()
    {
        // max 6 gives e = 127, a scale of 1. Halfway: 0.25 → 0, 0.75 → 0.5, 1.25 → 1, 1.75 → 1.5, 2.5 → 2, 3.5 → 3, 5 → 4.
        var row = new float[32];
        float[] ties = [0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5, 6];
        ties.CopyTo(row, 0);
        ties.Select(value => -value).ToArray().CopyTo(row, 16);
        var block = new byte[17];
        GgmlMxfp4.Encode(row, block);
        Assert.Equal([127, 0x00, 0x91, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0xF7, .. new byte[8]], block);
    }

    [Fact]
    public void Encode_Zeros_HaveScaleZero()
    {
        var block = new byte[17];
        Array.Fill(block, (byte)0xA5);
        GgmlMxfp4.Encode(new float[32], block);
        Assert.Equal(new byte[17], block);
    }

    [Fact]
    public void ToCodesAndScales_Nibbles_GoFromJAndJPlus16ToNeighbours()
    {
        byte[] block = [120, .. Enumerable.Range(0, 16).Select(j => (byte)(j | ((15 - j) << 4)))];
        var (codes, scales) = (new byte[16], new byte[1]);
        GgmlMxfp4.ToCodesAndScales(block, codes, scales);
        Assert.Equal([120], scales);
        Assert.Equal([0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01], codes);
    }

    [Fact]
    public void FromCodesAndScales_AnyBytes_InvertsToCodesAndScales() =>
        Gen.Byte.Array[3 * 17].Sample(blocks =>
        {
            var (codes, scales, back) = (new byte[48], new byte[3], new byte[51]);
            GgmlMxfp4.ToCodesAndScales(blocks, codes, scales);
            GgmlMxfp4.FromCodesAndScales(codes, scales, back);
            Assert.Equal(blocks, back);
        });

    [Fact]
    public void Encode_NumbersWithoutTies_EqualsMxfp4()
    {
        var row = TestRows.Normal(1024, 0.3, 2);
        var format = FormatCodecs.For(NumberFormat.Parse("mxfp4:32"));
        var (codes, scales) = FormatCodecTests.Encode(format, row, 0, []);
        var (expected, found) = (new byte[544], new byte[544]);
        GgmlMxfp4.FromCodesAndScales(codes, scales, expected);
        GgmlMxfp4.Encode(row, found);

        // A negative number that rounds to zero keeps its sign in mxfp4:32 only.
        var (left, right) = (Decode(expected), Decode(found));
        Assert.Equal(left, right);

        float[] Decode(byte[] blocks)
        {
            var values = new float[1024];
            GgmlMxfp4.ToCodesAndScales(blocks, codes, scales);
            format.Decode(codes, scales, values);
            return values;
        }
    }

    [Fact]
    public void Encode_NonFiniteNumber_IsRefused()
    {
        var row = new float[32];
        row[7] = float.NaN;
        Assert.Equal(7, Assert.Throws<NonFiniteException>(() => GgmlMxfp4.Encode(row, new byte[17])).Index);
    }
}
