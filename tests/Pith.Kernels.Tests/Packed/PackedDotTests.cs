using System.Runtime.Intrinsics.X86;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Tests.Packed;

public sealed class PackedDotTests
{
    public static TheoryData<string, string, int, int> Cases()
    {
        var cases = new TheoryData<string, string, int, int>();
        string[] weights = ["mxint4:16", "mxint2:16", "mxint3:32", "bfp4:16", "mxfp4:32", "bfp5:16", "bfp6:16", "mxint6:32", "mxint7:16", "mxint8:32", "bfp8:16", "mxfp6e2m3:32"];
        foreach (var weight in weights)
        {
            cases.Add(weight, "mxint8:16", 16, 64);
            cases.Add(weight, "mxint8:32", 37, 200);
            cases.Add(weight, "bfp6:16", 1, 1);
            cases.Add(weight, "mxint4:64", 17, 127);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Groups_AnyFormatsAndShapes_EqualTheDequantizedProduct(string weights, string activations, int rows, int columns)
    {
        var random = new Random((1000 * rows) + columns);
        var w = Normal(random, rows * columns, 0.02);
        const int Tokens = 19;
        var x = Normal(random, Tokens * columns, 3);
        if (columns > 40)
            w.AsSpan(16, 16).Clear();

        var packed = PackedMatrix.Pack(NumberFormat.Parse(weights), w, columns);
        using var matrix = InterleavedMatrix.TryCreate(packed)!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse(activations), columns)!;
        blocks.Fill(x, Tokens, Workers.Single);
        blocks.Prepare(matrix);
        var y = new float[Tokens * rows];
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, y);

        var rounded = new float[columns];
        var row = new float[columns];
        for (var i = 0; i < Tokens * rows; i++)
        {
            packed.DecodeRow(i % rows, row);
            FormatCodecs.For(NumberFormat.Parse(activations)).Round(x.AsSpan(i / rows * columns, columns), rounded);
            double expected = 0, magnitude = 0;
            for (var k = 0; k < columns; k++)
            {
                expected += (double)row[k] * rounded[k];
                magnitude += Math.Abs((double)row[k] * rounded[k]);
            }

            // Blocks are exact integers below 2^24; each of the columns/16 additions (and the last one) rounds once in binary32.
            var tolerance = ((columns / 16) + 3) * Math.ScaleB(1, -24) * magnitude;
            Assert.InRange(y[i], expected - tolerance, expected + tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Groups_EveryPath_GivesTheBitsOfTheReference(string weights, string activations, int rows, int columns)
    {
        const int Tokens = 10;
        var random = new Random((1000 * rows) + columns);
        using var matrix = InterleavedMatrix.TryCreate(PackedMatrix.Pack(NumberFormat.Parse(weights), Normal(random, rows * columns, 0.02), columns))!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse(activations), columns)!;
        blocks.Fill(Normal(random, Tokens * columns, 3), Tokens, Workers.Single);
        blocks.Prepare(matrix);
        var reference = new float[Tokens * rows];
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, reference, vectorBits: 0);
        foreach (var bits in new[] { 256, 512 }.Where(bits => bits == 256 ? Avx2.IsSupported : Avx512BW.IsSupported))
        {
            var fast = new float[Tokens * rows];
            PackedDot.Groups(matrix, blocks, 0, matrix.Groups, fast, bits);
            Assert.Equal(reference, fast);
        }
    }

    [Theory]
    [InlineData("mxint4:16")]
    [InlineData("mxfp4:32")]
    [InlineData("bfp6:16")]
    [InlineData("mxint8:32")]
    public void Groups_TokenAloneOrAmongOthers_GivesTheSameBits(string weights)
    {
        const int Rows = 33, Columns = 272, Tokens = 11;
        var random = new Random(5);
        using var matrix = InterleavedMatrix.TryCreate(PackedMatrix.Pack(NumberFormat.Parse(weights), Normal(random, Rows * Columns, 1), Columns))!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:16"), Columns)!;
        var x = Normal(random, Tokens * Columns, 1);
        var together = new float[Tokens * Rows];
        blocks.Fill(x, Tokens, Workers.Single);
        blocks.Prepare(matrix);
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, together);

        var alone = new float[Rows];
        for (var token = 0; token < Tokens; token++)
        {
            blocks.Fill(x.AsMemory(token * Columns, Columns), 1, Workers.Single);
            blocks.Prepare(matrix);
            PackedDot.Groups(matrix, blocks, 0, matrix.Groups, alone);
            Assert.Equal(together.AsSpan(token * Rows, Rows).ToArray(), alone);
        }
    }

    [Fact]
    public void Multiply_ScalesBeyondBinary32_AreMultipliedInFloatingPointForThatTokenAlone()
    {
        const int Columns = 64, Rows = 5, Tokens = 9;
        var random = new Random(8);
        var weight = InterleavedWeight.TryCreate(new PackedWeight(PackedMatrix.Pack(
            NumberFormat.Parse("mxint8:16"), Normal(random, Rows * Columns, 1e-30), Columns)))!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:16"), Columns)!;
        var x = Normal(random, Tokens * Columns, 1);
        for (var column = 0; column < Columns; column++)
            x[(3 * Columns) + column] *= 1e-13f;

        var together = new float[Tokens * Rows];
        blocks.Fill(x, Tokens, Workers.Single);
        weight.Multiply(blocks, together, Workers.Single);
        var alone = new float[Rows];
        var (row, rounded) = (new float[Columns], new float[Columns]);
        for (var token = 0; token < Tokens; token++)
        {
            blocks.Fill(x.AsMemory(token * Columns, Columns), 1, Workers.Single);
            weight.Multiply(blocks, alone, Workers.Single);
            Assert.Equal(together.AsSpan(token * Rows, Rows).ToArray(), alone);
            blocks.CopyRow(0, rounded);
            for (var i = 0; i < Rows; i++)
            {
                weight.CopyRow(i, row);
                var expected = row.Zip(rounded, (w, v) => (double)w * v).Sum();
                var magnitude = row.Zip(rounded, (w, v) => Math.Abs((double)w * v)).Sum();

                // Each of at most 64 additions rounds once; below 2^-126 binary32 steps by 2^-149.
                Assert.Equal(expected, alone[i], (64 * Math.ScaleB(1, -24) * magnitude) + (64 * Math.ScaleB(1, -149)));
            }
        }
    }

    [Theory]
    [InlineData("mxfp8e4m3:32")]
    [InlineData("nvfp4")]
    [InlineData("minifloat:e4m3")]
    [InlineData("mxint4:8")]
    public void TryCreate_FormatWithoutIntegerBlocks_IsNull(string format) =>
        Assert.Null(InterleavedMatrix.TryCreate(PackedMatrix.Pack(NumberFormat.Parse(format), new float[64], 64)));

    private static float[] Normal(Random random, int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
