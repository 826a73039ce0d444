using CsCheck;
using Pith.Kernels.Ops;

namespace Pith.Kernels.Tests.Ops;

public sealed class OpsTests
{
    // Exponentials are good to two units in the last place and a sum of n terms to n more: 70 · 2^-23 < 1e-5 relative.
    private const float Relative = 1e-5f;

    private static readonly Gen<float[]> s_row = Gen.Float[-20, 20].Array[1, 70];

    [Fact]
    public void RmsNorm_AnyRow_AgreesWithTheReference() => Gen.Select(s_row, Gen.Int[0, 1000]).Sample((x, seed) =>
    {
        var gain = seed % 3 == 0 ? [] : Gains(x.Length, seed);
        var expected = new float[x.Length];
        OpsReference.RmsNorm(x, gain, 1e-5f, expected);
        RmsNorm.Apply(x, gain, 1e-5f, x);
        AssertClose(expected, x);
    });

    [Fact]
    public void LayerNorm_AnyRow_AgreesWithTheReference() => Gen.Select(s_row, Gen.Int[0, 1000]).Sample((x, seed) =>
    {
        var gain = seed % 3 == 0 ? [] : Gains(x.Length, seed);
        var bias = seed % 2 == 0 ? [] : Gains(x.Length, seed + 1);
        var expected = new float[x.Length];
        OpsReference.LayerNorm(x, gain, bias, 0.1f, expected);
        LayerNorm.Apply(x, gain, bias, 0.1f, x);

        // The mean of numbers up to 20 is off by 20 · 2^-23 at most, which a root of at least √0.1 makes 8e-6; gains are below 2.
        for (var i = 0; i < x.Length; i++)
            Assert.Equal(expected[i], x[i], 1e-4f);
    });

    [Fact]
    public void LayerNorm_KnownRow_IsAsByHand()
    {
        // Mean 3, deviations -2, -1, 3, variance 14/3; with ε = 4/3 the root is √6.
        float[] x = [1, 2, 6];
        LayerNorm.Apply(x, [1, 2, 1], [0, 0, 1], 4f / 3, x);
        Assert.Equal([-2 / MathF.Sqrt(6), -2 / MathF.Sqrt(6), (3 / MathF.Sqrt(6)) + 1], x, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Relu_AnyRow_AgreesWithTheReference() => s_row.Sample(x =>
    {
        var expected = x.ToArray();
        OpsReference.Relu(expected);
        Relu.Apply(x);
        Assert.Equal(expected, x);
    });

    [Fact]
    public void Gelu_AnyRow_AgreesWithTheReference() => Gen.Float[-8, 8].Array[1, 300].Sample(x =>
    {
        var expected = x.ToArray();
        OpsReference.Gelu(expected);
        var single = x.Select(value => { float[] one = [value]; Gelu.Apply(one); return one[0]; }).ToArray();
        Gelu.Apply(x);

        // The fit is good to 1e-9 of erfc; what remains is the rounding to a float of at most 8.
        for (var i = 0; i < x.Length; i++)
            Assert.Equal(expected[i], x[i], Math.Max(1e-8f, Math.Abs(expected[i]) * 1.2e-7f));
        Assert.Equal(single, x);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.84134474606854293)] // Φ(1), Φ(-1), 2 · Φ(2) and -3 · Φ(-3) from tables of the normal distribution
    [InlineData(-1, -0.15865525393145707)]
    [InlineData(2, 1.9544997361036416)]
    [InlineData(-3, -0.0040496940948902)]
    [InlineData(1e30, 1e30)]
    [InlineData(-1e30, 0)]
    public void Gelu_KnownNumber_IsTheTablesValue(float x, double expected)
    {
        float[] fast = [x], plain = [x];
        Gelu.Apply(fast);
        OpsReference.Gelu(plain);
        Assert.Equal(expected, fast[0], Math.Max(1e-9, Math.Abs(expected) * 1e-7));
        Assert.Equal(expected, plain[0], Math.Max(1e-9, Math.Abs(expected) * 1e-7));
    }

    [Fact]
    public void GeluTanh_AnyRow_AgreesWithTheReference() => Gen.Float[-8, 8].Array[1, 300].Sample(x =>
    {
        var expected = x.ToArray();
        OpsReference.GeluTanh(expected);
        var single = x.Select(value => { float[] one = [value]; GeluTanh.Apply(one); return one[0]; }).ToArray();
        GeluTanh.Apply(x);

        // The exponent 2u is rounded some five times, by 2^-24 of it each, and x · sigmoid(2u) · 2u is below |x| everywhere.
        for (var i = 0; i < x.Length; i++)
            Assert.Equal(expected[i], x[i], Math.Abs(single[i]) is var size && size > 1 ? size * 4e-7f : 4e-7f);
        Assert.Equal(single, x);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.84119199060827670)] // (1 + tanh(√(2/π) · 1.044715)) / 2, by hand from the series of tanh
    [InlineData(-1, -0.15880800939172330)]
    [InlineData(1e30, 1e30)]
    [InlineData(-1e30, 0)]
    public void GeluTanh_KnownNumber_IsItsValue(float x, double expected)
    {
        float[] fast = [x], plain = [x];
        GeluTanh.Apply(fast);
        OpsReference.GeluTanh(plain);
        Assert.Equal(expected, fast[0], Math.Max(1e-7, Math.Abs(expected) * 2e-7));
        Assert.Equal(expected, plain[0], Math.Max(1e-7, Math.Abs(expected) * 2e-7));
    }

    [Fact]
    public void Softmax_AnyRow_AgreesWithTheReference() => Gen.Select(s_row, Gen.Int[1, 4]).Sample((x, divisor) =>
    {
        var expected = x.ToArray();
        OpsReference.Softmax(expected, 1f / divisor);
        Softmax.Apply(x, 1f / divisor);

        // Beside the sum: x·scale is rounded before the exponential, an absolute error of 20 · 2^-24 in the exponent.
        AssertClose(expected, x);
    });

    [Fact]
    public void Softmax_LargeScores_StaysFinite()
    {
        float[] x = [1e30f, 1e30f, -1e30f, 0];
        Softmax.Apply(x);
        Assert.Equal([0.5f, 0.5f, 0, 0], x);
    }

    [Fact]
    public void LogSumExp_AnyRow_IsTheLogarithmOfTheSum() => s_row.Sample(x =>
    {
        var expected = Math.Log(x.Sum(value => Math.Exp(value)));
        Assert.Equal(expected, Softmax.LogSumExp(x, new float[x.Length]), 1e-5);
    });

    [Fact]
    public void Divergence_TwoRows_IsTheSumOverTheDistributions() => Gen.Select(s_row, Gen.Int[0, 1000]).Sample((x, seed) =>
    {
        var y = Gains(x.Length, seed);
        var (sumX, sumY) = (x.Sum(value => Math.Exp(value)), y.Sum(value => Math.Exp(value)));
        var expected = x.Zip(y, (a, b) => Math.Exp(a) / sumX * (a - Math.Log(sumX) - b + Math.Log(sumY))).Sum();
        var scratch = new float[x.Length];
        Assert.Equal(expected, Softmax.Divergence(x, y, Softmax.LogSumExp(y, scratch), scratch), 1e-4);
        Assert.Equal(0, Softmax.Divergence(x, x, Softmax.LogSumExp(x, scratch), scratch), 1e-12);
    });

    [Fact]
    public void SwiGlu_AnyRow_AgreesWithTheReference() => Gen.Select(Gen.Float[-90, 90].Array[1, 600], Gen.Int[0, 1000]).Sample((gate, seed) =>
    {
        var up = Gains(gate.Length, seed);
        var expected = gate.ToArray();
        OpsReference.SwiGlu(expected, up);
        SwiGlu.Apply(gate, up);
        AssertClose(expected, gate);
    });

    [Fact]
    public void Rotary_AnyHead_AgreesWithTheReference() => Gen.Select(Gen.Int[1, 35], Gen.Int[0, 500], Gen.Int[0, 1000]).Sample((pairs, position, seed) =>
    {
        var head = Gains(2 * pairs, seed);
        var expected = head.ToArray();
        OpsReference.Rotary(expected, position, 10000);
        var angles = Enumerable.Range(0, pairs).Select(i => position * Math.Pow(10000, -(double)i / pairs)).ToArray();
        Rotary.Apply(head, [.. angles.Select(angle => (float)Math.Cos(angle))], [.. angles.Select(angle => (float)Math.Sin(angle))]);
        for (var i = 0; i < head.Length; i++)
            Assert.Equal(expected[i], head[i], 1e-6f); // two products of numbers below 1.5, three roundings
    });

    // Hand-worked: x = (3, 4): norm 5, √2: z = (0.42426, 0.56569); levels RNE(127 · 3/4 = 95.25) = 95 and 127.
    [Fact]
    public void BitActivation_SmallRow_IsRoundedTo127Levels()
    {
        float[] x = [3, 4];
        BitActivation.Apply(x);
        var largest = 0.8 / Math.Sqrt(2);
        Assert.Equal(largest * 95 / 127, x[0], 1e-7);
        Assert.Equal(largest, x[1], 1e-7);
    }

    [Fact]
    public void BitActivation_Zeros_StayZero()
    {
        var x = new float[9];
        BitActivation.Apply(x);
        Assert.All(x, value => Assert.Equal(0, value));
    }

    private static float[] Gains(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 3) - 1.5))];
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], (Math.Abs(expected[i]) * Relative) + 1e-30f);
    }
}
