using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Element rounding against a search through all values, written from the tables of the specifications.</summary>
public sealed class NearestValueTests
{
    // The block maximum fixes the scale at one. For BMF the top exponent is 2^E - 1 with bias 0.
    [Theory]
    [InlineData("minifloat:e4m3", 4, 3, 7, 0, 0)]
    [InlineData("minifloat:e5m2", 5, 2, 15, 0, 0)]
    [InlineData("minifloat:e2m1", 2, 1, 1, 0, 0)]
    [InlineData("minifloat:e3m4", 3, 4, 3, 0, 0)]
    [InlineData("mxfp8e4m3:32", 4, 3, 7, 1, 256)]
    [InlineData("mxfp8e5m2:32", 5, 2, 15, 4, 32768)]
    [InlineData("mxfp6e3m2:32", 3, 2, 3, 0, 16)]
    [InlineData("mxfp6e2m3:32", 2, 3, 1, 0, 4)]
    [InlineData("mxfp4:32", 2, 1, 1, 0, 4)]
    [InlineData("nvfp4", 2, 1, 1, 0, 6)]
    [InlineData("bmf8:16", 4, 3, 0, 0, 32768)]
    [InlineData("bmf6:16", 3, 2, 0, 0, 128)]
    [InlineData("bmf4:16", 2, 1, 0, 0, 8)]
    public void Round_AnyNumber_IsTheNearestWithTiesToTheEvenCode(string name, int e, int m, int bias, int reserved, float maximum)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var values = Values(e, m, bias, reserved);
        var limit = maximum == 0 ? 4 * values[^1] : Math.Min(2 * PowerOfTwoBelow(maximum), maximum == 6 ? 6 : double.MaxValue);
        foreach (var number in Numbers(values, limit))
        {
            float[] block = [number, maximum, -number];
            var rounded = new float[3];
            codec.Round(block, rounded, tensorParameter: 1);
            var nearest = Nearest(values, Math.Abs(number)) * Math.Sign(number);
            Assert.True(rounded[0] == nearest && rounded[2] == -nearest, $"{name}: {number:R} gave {rounded[0]:R}, expected {nearest:R}");
        }
    }

    [Theory]
    [InlineData("dmf:e4m3", 4, 3)]
    [InlineData("dmf:e3m4", 3, 4)]
    [InlineData("dmf:e5m2", 5, 2)]
    public void Round_DenormalisedMinifloat_IsTheNearest(string name, int e, int m)
    {
        // All distinct values m/2^M · 2^(e-bias), ascending; a tie goes to the even multiple of the step below, which is the
        // even index, because every binade but the lowest has 2^(M-1) values.
        var bias = (1 << (e - 1)) - 1;
        double[] values = [.. Enumerable.Range(0, 1 << (e + m))
            .Select(code => (code & ((1 << m) - 1)) * Math.ScaleB(1, (code >> m) - bias - m)).Distinct().Order()];
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        foreach (var number in Numbers(values, 4 * values[^1]))
        {
            var rounded = new float[1];
            codec.Round([number], rounded);
            Assert.Equal(Nearest(values, Math.Abs(number)) * Math.Sign(number), rounded[0]);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(9)]
    public void Round_BlockFloatingPoint_TakesTheSmallestExponentThatHolds(int bits)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse($"bfp{bits}:16"));
        var (m, most) = (bits - 1, (1 << (bits - 1)) - 1);
        for (var seed = 0; seed < 400; seed++)
        {
            var row = TestRows.Corners(16, seed);
            var largest = (double)row.Max(Math.Abs);
            var exponent = -127;
            while (exponent < 128 && Math.Round(largest / Math.ScaleB(1, exponent - m), MidpointRounding.ToEven) > most)
                exponent++;
            var step = Math.ScaleB(1, exponent - m);
            var rounded = new float[16];
            codec.Round(row, rounded);
            for (var i = 0; i < 16; i++)
                Assert.Equal(Math.Clamp(Math.Round(row[i] / step, MidpointRounding.ToEven), -most, most) * step, rounded[i]);
        }
    }

    [Theory]
    [InlineData("bl8:16", 8)]
    [InlineData("bl5:16", 5)]
    public void Round_BlockLogarithm_RoundsTheLogarithm(string name, int bits)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(name));
        var top = (1 << (bits - 1)) - 1;
        var random = new Random(11);
        for (var i = 0; i < 5000; i++)
        {
            // Maximum 1: the values are 2^0 down to 2^(1-top), and zero.
            var number = MathF.ScaleB(1 + random.NextSingle(), -1 - random.Next(top + 3));
            var rounded = new float[2];
            codec.Round([number, 1], rounded);
            var exponent = Math.Round(Math.Log2(number));
            Assert.Equal(exponent > -top ? Math.Pow(2, exponent) : 0, rounded[0]);
        }
    }

    private static double PowerOfTwoBelow(double value) => Math.ScaleB(1, Math.ILogB(value));

    // The magnitudes in the order of their codes: index parity is code parity.
    private static double[] Values(int exponentBits, int mantissaBits, int bias, int reserved)
    {
        var values = new List<double>();
        for (var e = 0; e < 1 << exponentBits; e++)
        {
            for (var m = 0; m < 1 << mantissaBits; m++)
            {
                var fraction = m / (double)(1 << mantissaBits);
                values.Add(e == 0 ? Math.Pow(2, 1 - bias) * fraction : Math.Pow(2, e - bias) * (1 + fraction));
            }
        }

        return [.. values.SkipLast(reserved)];
    }

    private static double Nearest(double[] values, double number)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            var (distance, least) = (Math.Abs(values[i] - number), Math.Abs(values[best] - number));
            if (distance < least || (distance == least && i % 2 == 0))
                best = i;
        }

        return values[best];
    }

    // Every value, every midpoint, their neighbours, and numbers in between, up to a limit.
    private static IEnumerable<float> Numbers(double[] values, double limit)
    {
        var random = new Random(7);
        for (var i = 0; i < values.Length; i++)
        {
            var next = i + 1 < values.Length ? values[i + 1] : values[i] * 1.25;
            var middle = (float)((values[i] + next) / 2);
            float[] candidates =
            [
                (float)values[i], MathF.BitIncrement((float)values[i]), middle, MathF.BitDecrement(middle), MathF.BitIncrement(middle),
                (float)(values[i] + ((next - values[i]) * random.NextDouble())),
            ];
            foreach (var candidate in candidates.Where(candidate => candidate < limit))
                yield return i % 2 == 0 ? candidate : -candidate;
        }
    }
}
