using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Tests.Packed;

public sealed class PackedDotTests
{
    public static TheoryData<string> Weights =>
    [
        "mxint4:16", "mxint2:16", "mxint3:32", "bfp3:16", "bfp4:16", "mxfp4:32", "bfp5:16", "bfp6:16", "mxint6:32", "mxint7:16", "mxint8:32", "bfp8:16", "mxfp6e2m3:32", "nvfp4",
        "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs",
    ];

    public static TheoryData<string, string, int, int> Cases()
    {
        var cases = new TheoryData<string, string, int, int>();
        foreach (string weight in Weights)
        {
            cases.Add(weight, "mxint8:16", 16, 64);
            cases.Add(weight, "mxint8:32", 37, 200);
            cases.Add(weight, "bfp6:16", 1, 1);
            cases.Add(weight, "mxint4:64", 17, 127);
            cases.Add(weight, "mxint8:16", 18, 600);
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
            w.AsSpan(0, 32).Clear();

        var packed = PackedMatrix.Pack(NumberFormat.Parse(weights), w, columns);
        using var matrix = InterleavedMatrix.TryCreate(packed)!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse(activations), columns)!;
        blocks.Fill(x, Tokens, Workers.Single);
        blocks.Prepare(matrix);
        var y = new float[Tokens * rows];
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, y);

        var rounded = new float[columns];
        var row = new float[columns];
        var hasMinimum = matrix.View.HasMinimum;
        for (var i = 0; i < Tokens * rows; i++)
        {
            packed.DecodeRow(i % rows, row);
            FormatCodecs.For(NumberFormat.Parse(activations)).Round(x.AsSpan(i / rows * columns, columns), rounded);
            double expected = 0, magnitude = 0;
            var largest = row.Max(Math.Abs);
            for (var k = 0; k < columns; k++)
            {
                expected += (double)row[k] * rounded[k];

                // Scale · q and a minimum, which are added apart, are at most twice as large as the largest value of a row like this one.
                magnitude += Math.Abs((hasMinimum ? 3 * largest : row[k]) * (double)rounded[k]);
            }

            // Blocks are exact integers below 2^24; each of the columns/16 additions (twice as many with minima) and the last one round once in
            // binary32, a decoded value and a tensor's scale twice.
            var tolerance = (((hasMinimum ? 2 : 1) * (columns / 16)) + 6) * Math.ScaleB(1, -24) * magnitude;
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
        PackedDot.GroupsOn(0, matrix, blocks, 0, matrix.Groups, reference);
        foreach (var bits in new[] { 256, 512 }.Where(bits => bits == 256 ? Avx2.IsSupported : Avx512BW.IsSupported))
        {
            var fast = new float[Tokens * rows];
            PackedDot.GroupsOn(bits, matrix, blocks, 0, matrix.Groups, fast);
            Assert.Equal(reference, fast);
        }
    }

    [Theory]
    [InlineData("mxint4:16")]
    [InlineData("mxfp4:32")]
    [InlineData("bfp6:16")]
    [InlineData("mxint8:32")]
    [InlineData("q4_0")]
    [InlineData("nvfp4")]
    [InlineData("q5_1")]
    [InlineData("q2_k")]
    [InlineData("q4_k")]
    [InlineData("q6_k")]
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
    [InlineData("mxfp6e3m2:32")]
    [InlineData("minifloat:e4m3")]
    [InlineData("mxint4:8")]
    public void TryCreate_FormatWithoutIntegerBlocks_IsNull(string format) =>
        Assert.Null(InterleavedMatrix.TryCreate(PackedMatrix.Pack(NumberFormat.Parse(format), new float[64], 64)));

    [Theory]
    [MemberData(nameof(Weights))]
    public void CopyRow_AnyFormat_GivesTheDecodedNumbers(string format)
    {
        const int Columns = 333;
        var random = new Random(21);
        foreach (var size in new[] { 1, 1e-5, 1000 })
        {
            var packed = PackedMatrix.Pack(NumberFormat.Parse(format), Normal(random, 18 * Columns, size), Columns);
            using var matrix = InterleavedMatrix.TryCreate(packed)!;
            var (expected, found) = (new float[Columns], new float[Columns]);
            for (var row = 0; row < packed.Rows; row++)
            {
                packed.DecodeRow(row, expected);
                matrix.CopyRow(row, found);
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void Stored_AnyE4M3Scale_KeepsItsValue()
    {
        for (var code = 1; code < 0x7F; code++)
        {
            var (exponent, mantissa) = (code >> 3, code & 7);
            var expected = exponent == 0 ? Math.ScaleB(mantissa, -9) : Math.ScaleB(8 + mantissa, exponent - 10);
            var stored = SmallScales.Stored((byte)code);
            Assert.Equal(expected, Math.ScaleB(8 + (stored & 7), (stored >> 3) - 13));
        }
    }

    // A weight is d·s·q - e·m with d = 2, e = 1, s = 3, m = 5 and codes 2 and 7 for columns 0 and 32, 0 for all others.
    [Fact]
    public void Groups_CountsAndMinima_AreThoseOfTheFormula()
    {
        var block = new byte[144];
        (block[1], block[3]) = (0x40, 0x3C);
        for (var part = 0; part < 4; part++)
            (block[4 + part], block[8 + part]) = (3, 5);
        block[16] = 0x72;
        var packed = new PackedMatrix(NumberFormat.Parse("q4_k"), 1, 256, block, Array.Empty<byte>(), 0);
        using var matrix = InterleavedMatrix.TryCreate(packed)!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:16"), 256)!;
        var x = new float[256];
        (x[0], x[32], x[33]) = (1, 10, 1);
        blocks.Fill(x, 1, Workers.Single);
        blocks.Prepare(matrix);
        var y = new float[1];
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, y);
        Assert.Equal(((6 * 2) - 5) + (10 * ((6 * 7) - 5)) - 5, y[0]);
    }

    // Scales of such weights are subnormal in binary16; together with ordinary ones they still fit.
    [Theory]
    [InlineData("q4_0")]
    [InlineData("q5_0")]
    [InlineData("q8_0")]
    [InlineData("iq4_nl")]
    public void CopyRow_SubnormalScales_GivesTheDecodedNumbers(string format)
    {
        const int Columns = 70;
        var values = Normal(new Random(11), 3 * Columns, 0.02);
        foreach (ref var value in values.AsSpan(Columns, Columns))
            value *= 1e-3f;
        var packed = PackedMatrix.Pack(NumberFormat.Parse(format), values, Columns);
        using var matrix = InterleavedMatrix.TryCreate(packed)!;
        var (expected, found) = (new float[Columns], new float[Columns]);
        for (var row = 0; row < packed.Rows; row++)
        {
            packed.DecodeRow(row, expected);
            matrix.CopyRow(row, found);
            Assert.Equal(expected, found);
        }

        Assert.True(matrix.ScaleShift > 0);
    }

    // A scale of zero where no code means zero, and scales of 2^-24 and of 60,000 in one matrix.
    [Theory]
    [InlineData("iq4_nl", 0, 0)]
    [InlineData("iq4_nl", 0x8000, 0)]
    [InlineData("q4_0", 1, 0x7B53)]
    [InlineData("q8_0", 0x8001, 0xFB53)]
    public void TryCreate_ScalesThatNoOnePowerMakesNormal_AreNumbers(string format, int first, int second)
    {
        const int Columns = 96;
        var random = new Random(5);
        var packed = PackedMatrix.Pack(NumberFormat.Parse(format), Normal(random, 17 * Columns, 1), Columns);
        var codes = packed.Codes.ToArray();
        var blockBytes = codes.Length / (17 * Columns / 32);
        BinaryPrimitives.WriteUInt16LittleEndian(codes, (ushort)first);
        BinaryPrimitives.WriteUInt16LittleEndian(codes.AsSpan(blockBytes), (ushort)second);
        packed = new PackedMatrix(packed.Codec.Format, 17, Columns, codes, packed.Scales, 0);
        using var matrix = InterleavedMatrix.TryCreate(packed)!;
        using var blocks = ActivationBlocks.TryCreate(NumberFormat.Parse("mxint8:32"), Columns)!;
        var x = Normal(random, Columns, 1);
        blocks.Fill(x, 1, Workers.Single);
        blocks.Prepare(matrix);
        var y = new float[17];
        PackedDot.Groups(matrix, blocks, 0, matrix.Groups, y);

        Assert.True(matrix.View.Scales.IsNumber);
        blocks.CopyRow(0, x);
        var (expected, found) = (new float[Columns], new float[Columns]);
        for (var row = 0; row < packed.Rows; row++)
        {
            packed.DecodeRow(row, expected);
            matrix.CopyRow(row, found);
            Assert.Equal(expected, found);
            var magnitude = expected.Zip(x, (a, b) => Math.Abs((double)a * b)).Sum();
            Assert.Equal(expected.Zip(x, (a, b) => (double)a * b).Sum(), y[row], 12 * Math.ScaleB(1, -24) * magnitude);
        }
    }

    [Theory]
    [InlineData("q4_0", 0x7C00)]
    [InlineData("q8_0", 0x7E00)]
    [InlineData("iq4_nl", 0x7C00)]
    [InlineData("q5_1", 0x7C00)]
    [InlineData("q4_k", 0x7E00)]
    public void TryCreate_ScaleWhichNoRecordHolds_IsNull(string format, int half)
    {
        var packed = PackedMatrix.Pack(NumberFormat.Parse(format), Normal(new Random(3), 64, 1), 64);
        var codes = packed.Codes.ToArray();
        (codes[0], codes[1]) = ((byte)(half & 0xFF), (byte)(half >> 8));
        Assert.Null(InterleavedMatrix.TryCreate(new PackedMatrix(packed.Codec.Format, 1, 64, codes, packed.Scales, 0)));
    }

    private static float[] Normal(Random random, int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
