using System.Runtime.Intrinsics.X86;
using CsCheck;
using Pith.Kernels.Conversions;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Tests.Linear;

public sealed class LinearWeightTests
{
    // One unit in the last place of binary32 for a number of magnitude 1, halved: the relative error of one rounding.
    private const double Unit = 1.0 / (1 << 24);

    private static readonly Gen<(int Tokens, int Outputs, int Inputs, int Seed)> s_shapes =
        Gen.Select(Gen.Int[1, 11], Gen.Int[1, 23], Gen.Int[1, 70], Gen.Int[0, 1_000_000]);

    [Fact]
    public void Multiply_Dense_AgreesWithTheReference() => s_shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, seed) = shape;
        var x = Numbers(tokens * inputs, seed);
        var w = Numbers(outputs * inputs, seed + 1);
        var y = new float[tokens * outputs];
        var expected = new float[tokens * outputs];

        new DenseWeight(w, outputs, inputs).Multiply(x, tokens, y, new Workers(2));
        LinearReference.Multiply(x, w, inputs, expected);

        for (var i = 0; i < y.Length; i++)
            Assert.Equal(expected[i], y[i], Bound(x, w, inputs, i / outputs, i % outputs));
    });

    [Fact]
    public unsafe void Multiply_NarrowVectors_GivesTheBitsOfTheWrittenOrder() => s_shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, seed) = shape;
        var x = Numbers(tokens * inputs, seed);
        var w = Numbers(outputs * inputs, seed + 1);
        var y = new float[tokens * outputs];
        fixed (float* px = x, pw = w, to = y)
            Gemm256.Multiply(px, inputs, tokens, pw, inputs, outputs, inputs, to, outputs);

        Assert.Equal(InOrder(x, w, inputs), y);
    });

    [Fact]
    public unsafe void Multiply_WideVectors_GivesTheBitsOfTheWrittenOrder()
    {
        if (!Avx512F.IsSupported)
            Assert.Skip("this processor has no AVX-512");
        s_shapes.Sample(shape =>
        {
            var (tokens, outputs, inputs, seed) = shape;
            var x = Numbers(tokens * inputs, seed);
            var w = Numbers(outputs * inputs, seed + 1);
            var y = new float[tokens * outputs];
            fixed (float* px = x, pw = w, to = y)
                Gemm.Multiply512(px, inputs, tokens, pw, inputs, outputs, inputs, to, outputs);

            Assert.Equal(InOrder(x, w, inputs), y);
        });
    }

    [Fact]
    public void Multiply_BFloat16_GivesTheBitsOfTheWrittenOrder() => s_shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, seed) = shape;
        var x = Numbers(tokens * inputs, seed);
        ushort[] stored = [.. Numbers(outputs * inputs, seed + 1).Select(FloatConversion.ToBFloat16)];
        float[] w = [.. stored.Select(FloatConversion.FromBFloat16)];
        var weight = new BFloat16Weight(stored, outputs, inputs);
        var y = new float[tokens * outputs];
        weight.Multiply(x, tokens, y, new Workers(2));
        var rows = new float[w.Length];
        for (var row = 0; row < outputs; row++)
            weight.CopyRow(row, rows.AsSpan(row * inputs, inputs));

        Assert.Equal(InOrder(x, w, inputs), y);
        Assert.Equal(w, rows);
        Assert.Equal(2L * w.Length, weight.Bytes);
    });

    [Fact]
    public void Multiply_BFloat16RowsThatAreWidenedInParts_GivesTheBitsOfFloats()
    {
        // 48 Ki numbers are widened at once: 17 × 3300 are more.
        var (tokens, outputs, inputs) = (4, 17, 3300);
        ushort[] stored = [.. Numbers(outputs * inputs, 1).Select(FloatConversion.ToBFloat16)];
        var x = Numbers(tokens * inputs, 2);
        float[] expected = new float[tokens * outputs], found = new float[tokens * outputs];
        new DenseWeight(stored.Select(FloatConversion.FromBFloat16).ToArray(), outputs, inputs).Multiply(x, tokens, expected, Workers.Single);
        new BFloat16Weight(stored, outputs, inputs).Multiply(x, tokens, found, Workers.Single);

        Assert.Equal(expected, found);
        Assert.Throws<ArgumentException>(() => new BFloat16Weight(stored, outputs, inputs + 1));
    }

    [Fact]
    public void Multiply_MoreTokensThanTheCacheTakes_GivesTheSameBitsAsOneByOne()
    {
        // 96 Ki numbers are packed at once: 31 × 3300 are more.
        var (tokens, outputs, inputs) = (31, 5, 3300);
        var weight = new DenseWeight(Numbers(outputs * inputs, 1), outputs, inputs);
        var x = Numbers(tokens * inputs, 2);
        var together = new float[tokens * outputs];
        weight.Multiply(x, tokens, together, Workers.Single);
        var alone = new float[outputs];
        for (var t = 0; t < tokens; t++)
        {
            weight.Multiply(x.AsMemory(t * inputs, inputs), 1, alone, Workers.Single);
            Assert.Equal(together.AsSpan(t * outputs, outputs).ToArray(), alone);
        }
    }

    [Fact]
    public void Multiply_OneTokenOrMany_GivesTheSameBits() => s_shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, seed) = shape;
        var weight = new DenseWeight(Numbers(outputs * inputs, seed), outputs, inputs);
        var x = Numbers(tokens * inputs, seed + 1);
        var together = new float[tokens * outputs];
        weight.Multiply(x, tokens, together, Workers.Single);
        var alone = new float[outputs];
        for (var t = 0; t < tokens; t++)
        {
            weight.Multiply(x.AsMemory(t * inputs, inputs), 1, alone, Workers.Single);
            Assert.Equal(together.AsSpan(t * outputs, outputs).ToArray(), alone);
        }
    });

    [Fact]
    public void Multiply_ManyTokensAndThreads_GivesTheSameBitsAsOneThread()
    {
        var (tokens, outputs, inputs) = (150, 66, 91);
        var weight = new DenseWeight(Numbers(outputs * inputs, 1), outputs, inputs);
        var x = Numbers(tokens * inputs, 2);
        var one = new float[tokens * outputs];
        var seven = new float[tokens * outputs];
        weight.Multiply(x, tokens, one, Workers.Single);
        weight.Multiply(x, tokens, seven, new Workers(7));
        Assert.Equal(one, seven);
    }

    [Fact]
    public void Multiply_BuffersTooShort_AreRefused()
    {
        var weight = new DenseWeight(new float[6], 2, 3);
        Assert.Throws<ArgumentException>(() => weight.Multiply(new float[5], 2, new float[4], Workers.Single));
        Assert.Throws<ArgumentException>(() => weight.Multiply(new float[6], 2, new float[3], Workers.Single));
        Assert.Throws<ArgumentException>(() => new DenseWeight(new float[5], 2, 3));
    }

    // The order which docs/rationale/inference.md promises, one number at a time: sixteen partial sums, then a tree of halves.
    private static float[] InOrder(float[] x, float[] w, int inputs)
    {
        var outputs = w.Length / inputs;
        var y = new float[x.Length / inputs * outputs];
        for (var i = 0; i < y.Length; i++)
        {
            var sums = new float[16];
            for (var k = 0; k < inputs; k++)
                sums[k % 16] = MathF.FusedMultiplyAdd(x[(i / outputs * inputs) + k], w[(i % outputs * inputs) + k], sums[k % 16]);
            for (var half = 8; half > 0; half /= 2)
            {
                for (var j = 0; j < half; j++)
                    sums[j] += sums[j + half];
            }

            y[i] = sums[0];
        }

        return y;
    }

    // Any order of summation errs by at most n · u · Σ|x·w| (Higham, Accuracy and Stability, eq. 3.5), plus the rounding of the reference.
    internal static double Bound(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int inputs, int token, int output)
    {
        var magnitude = 0.0;
        for (var k = 0; k < inputs; k++)
            magnitude += Math.Abs((double)x[(token * inputs) + k] * w[(output * inputs) + k]);
        return ((inputs + 2) * Unit * magnitude) + 1e-30;
    }

    internal static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)((random.NextDouble() * 2) - 1);
        return values;
    }
}
