using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>What every codec has to keep, over all formats.</summary>
public sealed class FormatCodecTests
{
    private static readonly int[] Lengths = [1, 2, 7, 15, 16, 17, 31, 32, 33, 64, 100, 160, 512];

    public static TheoryData<string> All => AllFormats.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Round_AnyRow_EqualsReferenceBitForBit(string name)
    {
        var format = NumberFormat.Parse(name);
        var (fast, reference) = (FormatCodecs.For(format), FormatCodecs.Reference(format));
        foreach (var (row, importance) in Rows())
        {
            var parameter = fast.TensorParameter(row.Max(Math.Abs));
            var expected = new float[row.Length];
            var found = new float[row.Length];
            reference.Round(row, expected, parameter, importance);
            fast.Round(row, found, parameter, importance);
            AssertSameBits(expected, found, row, name);

            var inPlace = row.ToArray();
            fast.Round(inPlace, inPlace, parameter, importance);
            AssertSameBits(expected, inPlace, row, name);
        }
    }

    // Any codes and scales, also those that no encoder writes.
    [Theory]
    [MemberData(nameof(All))]
    public void DecodeRows_AnyBytes_EqualsReferenceRowByRow(string name)
    {
        const int rows = 5;
        var format = NumberFormat.Parse(name);
        var (fast, reference) = (FormatCodecs.For(format), FormatCodecs.Reference(format));
        var parameters = Enumerable.Range(1, rows).Select(row => format.HasTensorParameter ? fast.TensorParameter(row) : 0).ToArray();
        foreach (var columns in (int[])[37, 64, 256])
        {
            var random = new Random(columns);
            var (codeBytes, scaleBytes) = (fast.CodeBytes(columns), fast.ScaleBytes(columns));
            var (codes, scales) = (new byte[rows * codeBytes], new byte[rows * scaleBytes]);
            random.NextBytes(codes);
            random.NextBytes(scales);
            foreach (var isShared in (bool[])[false, true])
            {
                var (expected, found) = (new float[rows * columns], new float[rows * columns]);
                for (var row = 0; row < rows; row++)
                {
                    reference.Decode(
                        codes.AsSpan(row * codeBytes, codeBytes),
                        scales.AsSpan(row * scaleBytes, scaleBytes),
                        expected.AsSpan(row * columns, columns),
                        parameters[isShared ? 0 : row]);
                }

                fast.DecodeRows(codes, scales, columns, found, isShared ? parameters.AsSpan(0, 1) : parameters);
                AssertSameBits(expected, found, expected, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Encode_AnyRow_EqualsReferenceByteForByte(string name)
    {
        var format = NumberFormat.Parse(name);
        var (fast, reference) = (FormatCodecs.For(format), FormatCodecs.Reference(format));
        foreach (var (row, importance) in Rows())
        {
            var parameter = fast.TensorParameter(row.Max(Math.Abs));
            var (expectedCodes, expectedScales) = Encode(reference, row, parameter, importance);
            var (codes, scales) = Encode(fast, row, parameter, importance);
            Assert.Equal(expectedScales, scales);
            Assert.Equal(expectedCodes, codes);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_OfEncoded_EqualsRound(string name)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        foreach (var (row, importance) in Rows())
        {
            var parameter = codec.TensorParameter(row.Max(Math.Abs));
            var (codes, scales) = Encode(codec, row, parameter, importance);
            var decoded = new float[row.Length];
            var rounded = new float[row.Length];
            codec.Decode(codes, scales, decoded, parameter);
            codec.Round(row, rounded, parameter, importance);
            AssertSameBits(rounded, decoded, row, name);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_HostileBytes_EqualsReferenceAndNeverThrows(string name)
    {
        var format = NumberFormat.Parse(name);
        var (fast, reference) = (FormatCodecs.For(format), FormatCodecs.Reference(format));
        var random = new Random(5);
        foreach (var length in Lengths)
        {
            foreach (var parameter in (float[])[0, 1, -3, 1e-30f, 1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            {
                var codes = new byte[fast.CodeBytes(length)];
                var scales = new byte[fast.ScaleBytes(length)];
                random.NextBytes(codes);
                random.NextBytes(scales);
                var expected = new float[length];
                var found = new float[length];
                reference.Decode(codes, scales, expected, parameter);
                fast.Decode(codes, scales, found, parameter);
                AssertSameBits(expected, found, expected, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void CodeAndScaleBytes_AnyLength_AreWhatTheFormatCounts(string name)
    {
        var format = NumberFormat.Parse(name);
        var codec = FormatCodecs.For(format);
        for (var columns = 0; columns < 200; columns++)
            Assert.Equal(format.RowBits(columns), 8L * (codec.CodeBytes(columns) + codec.ScaleBytes(columns)));
    }

    internal static (byte[] Codes, byte[] Scales) Encode(FormatCodec codec, float[] row, float parameter, float[] importance)
    {
        // Dirty buffers: the encoder owns every bit.
        var codes = new byte[codec.CodeBytes(row.Length)];
        var scales = new byte[codec.ScaleBytes(row.Length)];
        Array.Fill(codes, (byte)0xA5);
        Array.Fill(scales, (byte)0x5A);
        codec.Encode(row, codes, scales, parameter, importance);
        return (codes, scales);
    }

    internal static void AssertSameBits(float[] expected, float[] found, float[] row, string what)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(found[i])
                && !(float.IsNaN(expected[i]) && float.IsNaN(found[i])))
            {
                Assert.Fail($"{what}, {expected.Length} values: {row[i]:R} at {i} gave {found[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    private static IEnumerable<(float[] Row, float[] Importance)> Rows()
    {
        foreach (var length in Lengths)
        {
            yield return (TestRows.Normal(length, 0.02, length), []);
            for (var seed = 0; seed < 6; seed++)
                yield return (TestRows.Corners(length, (1000 * seed) + length), seed % 2 == 0 ? [] : TestRows.Importance(length, seed));
            yield return (TestRows.AnyFinite(length, length), []);
            yield return (new float[length], []);
        }
    }
}
