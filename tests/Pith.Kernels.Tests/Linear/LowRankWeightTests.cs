using CsCheck;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Tests.Linear;

public sealed class LowRankWeightTests
{
    private const double Unit = 1.0 / (1 << 24);

    private static readonly Gen<(int Tokens, int Outputs, int Inputs, int Rank, int Seed)> Shapes =
        Gen.Select(Gen.Int[1, 11], Gen.Int[1, 40], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[0, 1_000_000]);

    // W = (1 2), A = (3 4)ᵀ, B = (5): y = x·(1 2)ᵀ + (x·(3 4)ᵀ)·5; at x = (1, 10): 21 + 43 · 5.
    [Fact]
    public void Multiply_ByHand_IsThis()
    {
        var y = new float[1];
        new LowRankWeight(new DenseWeight(new float[] { 1, 2 }, 1, 2), new DenseWeight(new float[] { 3, 4 }, 1, 2), new DenseWeight(new float[] { 5 }, 1, 1))
            .Multiply(new float[] { 1, 10 }, 1, y, Workers.Single);
        Assert.Equal([236f], y);
    }

    [Fact]
    public void CopyRow_AnyShape_IsTheCorrectedWeight() => Shapes.Sample(shape =>
    {
        var weight = Create(shape.Outputs, shape.Inputs, shape.Rank, shape.Seed);
        var (w, a, b) = (Rows(weight.Weight), Rows(weight.A), Rows(weight.B));
        var row = new float[shape.Inputs];
        for (var n = 0; n < shape.Outputs; n++)
        {
            weight.CopyRow(n, row);
            for (var i = 0; i < row.Length; i++)
            {
                double sum = w[(n * row.Length) + i], magnitude = Math.Abs(sum);
                for (var k = 0; k < shape.Rank; k++)
                {
                    sum += (double)a[(k * row.Length) + i] * b[(n * shape.Rank) + k];
                    magnitude += Math.Abs((double)a[(k * row.Length) + i] * b[(n * shape.Rank) + k]);
                }

                // rank sums, each rounded once or twice (Higham, eq. 3.5).
                Assert.Equal(sum, row[i], 2 * (shape.Rank + 1) * Unit * magnitude);
            }
        }
    });

    [Fact]
    public void Multiply_AnyShape_IsTheProductWithTheCorrectedWeight() => Shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, rank, seed) = shape;
        var weight = Create(outputs, inputs, rank, seed);
        var x = LinearWeightTests.Numbers(tokens * inputs, seed + 3);
        var y = new float[tokens * outputs];
        weight.Multiply(x, tokens, y, new Workers(2));
        AssertProduct(weight, x, tokens, y);
    });

    [Fact]
    public void Multiply_IntegerInputs_IsTheProductWithTheRoundedInputs() => Shapes.Sample(shape =>
    {
        var (tokens, outputs, inputs, rank, seed) = shape;
        var plain = Create(outputs, inputs, rank, seed);
        var packed = Pack(plain.Weight, "mxint4:16");
        var (a, b) = (Pack(plain.A, "mxint8:16"), Pack(plain.B, seed % 2 == 0 ? "mxint8:16" : "mxint6:16"));
        var weight = new LowRankWeight(InterleavedWeight.TryCreate(packed)!, seed % 3 == 0 ? a : InterleavedWeight.TryCreate(a)!, b);
        using var x = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:16"), inputs)!;
        x.Fill(LinearWeightTests.Numbers(tokens * inputs, seed + 3), tokens, Workers.Single);
        var rounded = new float[tokens * inputs];
        for (var t = 0; t < tokens; t++)
            x.CopyRow(t, rounded.AsSpan(t * inputs, inputs));
        var y = new float[tokens * outputs];
        weight.Multiply(x, y, new Workers(2));
        AssertProduct(weight, rounded, tokens, y);
    });

    [Fact]
    public void Multiply_TokensTogetherOrAloneOnAnyThreads_GivesTheSameBits()
    {
        const int Tokens = 11;
        var plain = Create(45, 80, 20, 7);
        var weight = new LowRankWeight(InterleavedWeight.TryCreate(Pack(plain.Weight, "mxint4:16"))!, InterleavedWeight.TryCreate(Pack(plain.A, "mxint8:16"))!, Pack(plain.B, "mxint8:32"));
        var rows = LinearWeightTests.Numbers(Tokens * 80, 8);
        using var x = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:16"), 80)!;
        x.Fill(rows, Tokens, Workers.Single);
        var (together, alone) = (new float[Tokens * 45], new float[45]);
        weight.Multiply(x, together, new Workers(3));
        for (var t = 0; t < Tokens; t++)
        {
            x.Fill(rows.AsMemory(t * 80, 80), 1, Workers.Single);
            weight.Multiply(x, alone, Workers.Single);
            Assert.Equal(together.AsSpan(t * 45, 45).ToArray(), alone);
        }
    }

    [Fact]
    public void Bytes_AreThoseOfTheThreeParts() => Assert.Equal(4 * ((5 * 7) + (2 * 7) + (5 * 2)), Create(5, 7, 2, 1).Bytes);

    [Fact]
    public void Constructor_PartsThatDoNotFit_AreRefused()
    {
        var (w, a, b) = (Dense(5, 7), Dense(2, 7), Dense(5, 2));
        Assert.Throws<ArgumentException>(() => new LowRankWeight(w, Dense(2, 6), b));
        Assert.Throws<ArgumentException>(() => new LowRankWeight(w, a, Dense(4, 2)));
        Assert.Throws<ArgumentException>(() => new LowRankWeight(w, a, Dense(5, 3)));
        Assert.Throws<ArgumentException>(() => new LowRankWeight(new LowRankWeight(w, a, b), a, b));
    }

    // Three products of at most inputs + rank + 3 roundings each, over the sum of magnitudes of |x|·(|W| + |A|·|B|).
    private static void AssertProduct(LowRankWeight weight, float[] x, int tokens, float[] y)
    {
        var (inputs, rank) = (weight.Inputs, weight.Rank);
        var (w, a, b) = (Rows(weight.Weight), Rows(weight.A), Rows(weight.B));
        for (var t = 0; t < tokens; t++)
        {
            for (var n = 0; n < weight.Outputs; n++)
            {
                double sum = 0, magnitude = 0;
                for (var i = 0; i < inputs; i++)
                {
                    double own = w[(n * inputs) + i], size = Math.Abs(own);
                    for (var k = 0; k < rank; k++)
                    {
                        var term = (double)a[(k * inputs) + i] * b[(n * rank) + k];
                        own += term;
                        size += Math.Abs(term);
                    }

                    sum += x[(t * inputs) + i] * own;
                    magnitude += Math.Abs(x[(t * inputs) + i]) * size;
                }

                Assert.Equal(sum, y[(t * weight.Outputs) + n], (inputs + rank + 5) * Unit * magnitude);
            }
        }
    }

    private static LowRankWeight Create(int outputs, int inputs, int rank, int seed) =>
        new(Dense(outputs, inputs, seed), Dense(rank, inputs, seed + 1), Dense(outputs, rank, seed + 2));

    private static DenseWeight Dense(int outputs, int inputs, int seed = 1) => new(LinearWeightTests.Numbers(outputs * inputs, seed), outputs, inputs);

    private static PackedWeight Pack(LinearWeight weight, string format)
    {
        var codec = FormatCodecs.For(NumberFormat.Parse(format));
        var (codeBytes, scaleBytes) = (codec.CodeBytes(weight.Inputs), codec.ScaleBytes(weight.Inputs));
        var codes = new byte[weight.Outputs * codeBytes];
        var scales = new byte[weight.Outputs * scaleBytes];
        var row = new float[weight.Inputs];
        for (var n = 0; n < weight.Outputs; n++)
        {
            weight.CopyRow(n, row);
            codec.Encode(row, codes.AsSpan(n * codeBytes, codeBytes), scales.AsSpan(n * scaleBytes, scaleBytes));
        }

        return new PackedWeight(new PackedMatrix(codec.Format, weight.Outputs, weight.Inputs, codes, scales, 0));
    }

    private static float[] Rows(LinearWeight weight)
    {
        var values = new float[weight.Outputs * weight.Inputs];
        for (var n = 0; n < weight.Outputs; n++)
            weight.CopyRow(n, values.AsSpan(n * weight.Inputs, weight.Inputs));
        return values;
    }
}
