using System.Runtime.Intrinsics.X86;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Tests.Formats;

namespace Pith.Kernels.Tests.Linear;

public sealed class PackedWeightTests
{
    // One row and column, fewer columns than a block, a ragged last block, whole blocks, more rows than are decoded at once; and few tokens
    // with whole blocks, which are decoded in registers.
    private static readonly (int Tokens, int Outputs, int Inputs)[] s_shapes =
        [(1, 1, 1), (3, 5, 7), (2, 9, 37), (5, 6, 64), (1, 13, 300), (1, 11, 64), (2, 12, 192), (1, 3, 384)];

    public static TheoryData<string> Formats =>
    [
        .. FormatCatalog.All.Select(description => description.Format.ToString()),
        "bfp3:16", "bfp6:32", "bfp6:row", "mxint3:16", "mxint4:16@mse", "mxint4:16@ceil", "mxfp4:32@mse", "nvfp4@mse",
        "bfp4:16@compat", "bmf8:16@compat", "bl8:16@compat", "minifloat:e4m3@compat", "dmf:e4m3@compat", "fixed5", "fixed12.9",
    ];

    public static TheoryData<string> Coded => [.. AllFormats.Exact, .. AllFormats.Compat, .. AllFormats.Ggml];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Multiply_AnyFormatAndShape_AgreesWithDequantizeThenMultiply(string format)
    {
        foreach (var (tokens, outputs, inputs) in s_shapes)
        {
            var matrix = PackedMatrix.Pack(NumberFormat.Parse(format), LinearWeightTests.Numbers(outputs * inputs, outputs), inputs);
            var x = LinearWeightTests.Numbers(tokens * inputs, inputs);
            var expected = new float[tokens * outputs];
            LinearReference.Multiply(x, matrix, expected);
            var values = new float[outputs * inputs];
            for (var row = 0; row < outputs; row++)
                matrix.DecodeRow(row, values.AsSpan(row * inputs, inputs));

            var y = new float[tokens * outputs];
            new PackedWeight(matrix).Multiply(x, tokens, y, new Workers(3));

            for (var i = 0; i < y.Length; i++)
                Assert.Equal(expected[i], y[i], LinearWeightTests.Bound(x, values, inputs, i / outputs, i % outputs));
            var dense = new float[tokens * outputs];
            new DenseWeight(values, outputs, inputs).Multiply(x, tokens, dense, Workers.Single);
            Assert.Equal(dense, y);
        }
    }

    [Theory]
    [MemberData(nameof(Coded))]
    public void Multiply_AnyCodes_GivesTheBitsOfDequantizedRows(string name)
    {
        var format = NumberFormat.Parse(name);
        var codec = FormatCodecs.For(format);
        var random = new Random(11);
        foreach (var (outputs, inputs) in new[] { (6, 64), (5, 320), (9, 192), (7, 512) })
        {
            var (codes, scales) = (new byte[outputs * codec.CodeBytes(inputs)], new byte[outputs * codec.ScaleBytes(inputs)]);
            random.NextBytes(codes);
            for (var i = 0; i < codes.Length && outputs == 6; i++)
                codes[i] &= 0xBF; // no infinity or NaN of eight bits among them
            for (var i = 0; i < scales.Length; i++)
                scales[i] = (byte)random.Next(100, 150);
            foreach (var parameter in format.HasTensorParameter ? new[] { 0.5f, 3 } : [0f])
            {
                var matrix = new PackedMatrix(format, outputs, inputs, codes, scales, parameter);
                var x = LinearWeightTests.Numbers(2 * inputs, inputs);
                var values = new float[outputs * inputs];
                matrix.DecodeRows(0, values);
                var (y, expected) = (new float[2 * outputs], new float[2 * outputs]);

                new PackedWeight(matrix).Multiply(x, 2, y, new Workers(2));

                new DenseWeight(values, outputs, inputs).Multiply(x, 2, expected, Workers.Single);
                Assert.Equal(expected, y);
            }
        }
    }

    [Theory]
    [InlineData("mxfp8e4m3:32", true)]
    [InlineData("mxfp8e5m2:32", true)]
    [InlineData("bmf8:16", true)]
    [InlineData("bl8:16", true)]
    [InlineData("bl5:16", true)]
    [InlineData("fixed8.7", true)]
    [InlineData("fixed6.3", true)]
    [InlineData("mxint8:32", true)]
    [InlineData("bfp6:16", true)]
    [InlineData("nvfp4", true)]
    [InlineData("mxfp4:32", true)]
    [InlineData("mxint3:16", true)]
    [InlineData("minifloat:e4m3", true)]
    [InlineData("dmf:e4m3", true)]
    [InlineData("mxfp6e3m2:32", true)]
    [InlineData("q4_0", true)]
    [InlineData("mxint9:16", false)]
    public void CodeDot_Format_IsServedOrNot(string format, bool isServed)
    {
        var matrix = PackedMatrix.Pack(NumberFormat.Parse(format), LinearWeightTests.Numbers(4 * 64, 4), 64);

        Assert.Equal(isServed && Avx2.IsSupported, CodeDot.TryCreate(matrix) is not null);
    }

    [Theory]
    [InlineData("mxfp8e4m3:32", 0x7F)]
    [InlineData("mxfp8e4m3:32", 0xFF)]
    [InlineData("mxfp8e5m2:32", 0x7C)]
    [InlineData("mxfp8e5m2:32", 0xFE)]
    public void CodeDot_ACodeThatIsNoNumber_IsNotServed(string format, byte code)
    {
        var packed = PackedMatrix.Pack(NumberFormat.Parse(format), LinearWeightTests.Numbers(3 * 96, 3), 96);
        for (var at = 0; at < packed.Codes.Length; at += 41)
        {
            var codes = packed.Codes.ToArray();
            codes[at] = code;

            Assert.Null(CodeDot.TryCreate(new PackedMatrix(packed.Codec.Format, 3, 96, codes, packed.Scales, 0)));
        }
    }
}
