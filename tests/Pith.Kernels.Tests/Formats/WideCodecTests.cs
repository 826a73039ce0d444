using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class WideCodecTests
{
    [Theory]
    [InlineData("bf16")]
    [InlineData("fp16")]
    public void Round_AnyFloat_IsTheNearerOfItsNeighbours(string name)
    {
        // All numbers of the format, from all its bit patterns; the position in the list has the parity of the pattern.
        float[] numbers = [.. Enumerable.Range(0, name == "bf16" ? 0x7F80 : 0x7C00).Select(pattern => OfPattern(name, (ushort)pattern))];
        var above = 2.0 * numbers[^1] - numbers[^2]; // where infinity would be, were it a number
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var row = TestRows.AnyFinite(3000, 1).Concat(TestRows.Corners(3000, 2)).Concat(TestRows.Normal(3000, 1e-5, 3))
            .Concat(numbers.Where((_, i) => i % 97 == 0).SelectMany(Surroundings)).ToArray();
        var rounded = new float[row.Length];
        codec.Round(row, rounded);
        for (var i = 0; i < row.Length; i++)
        {
            var magnitude = Math.Abs((double)row[i]);
            var at = Array.BinarySearch(numbers, (float)magnitude);
            var low = at >= 0 ? at : ~at - 1;
            var high = low + 1 < numbers.Length ? numbers[low + 1] : above;
            var (below, beyond) = (magnitude - numbers[low], high - magnitude);
            var isLow = below < beyond || (below == beyond && low % 2 == 0);
            var expected = isLow ? numbers[low] : low + 1 < numbers.Length ? numbers[low + 1] : float.PositiveInfinity;
            Assert.Equal(MathF.CopySign(expected, row[i]), rounded[i]);
        }
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("fp16")]
    [InlineData("fp32")]
    public void Encode_EveryLength_RoundTripsSpecialsAndKeepsLittleEndianOrder(string name)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        for (var length = 0; length < 70; length++)
        {
            float[] row = [.. Enumerable.Range(0, length).Select(i => (i % 7) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => -0f, _ => i - 8 })];
            var codes = new byte[codec.CodeBytes(length)];
            codec.Encode(row, codes, []);
            var decoded = new float[length];
            codec.Decode(codes, [], decoded);
            FormatCodecTests.AssertSameBits(row, decoded, row, name);
        }

        var one = new byte[codec.CodeBytes(1)];
        codec.Encode([1f], one, []);
        Assert.Equal(name switch { "bf16" => [0x80, 0x3F], "fp16" => [0x00, 0x3C], _ => [0, 0, 0x80, 0x3F] }, one);
    }

    private static IEnumerable<float> Surroundings(float number)
    {
        yield return number;
        yield return MathF.BitIncrement(number);
        yield return -MathF.BitDecrement(number);
    }

    private static float OfPattern(string name, ushort pattern) => name == "bf16"
        ? BitConverter.UInt32BitsToSingle((uint)pattern << 16)
        : (float)BitConverter.UInt16BitsToHalf(pattern);
}
