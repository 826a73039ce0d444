using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;

namespace Pith.Kernels.Tests.Linear;

public sealed class PackedWeightTests
{
    // One row and column, fewer columns than a block, a ragged last block, whole blocks, more rows than are decoded at once.
    private static readonly (int Tokens, int Outputs, int Inputs)[] s_shapes = [(1, 1, 1), (3, 5, 7), (2, 9, 37), (5, 6, 64), (1, 13, 300)];

    public static TheoryData<string> Formats =>
    [
        .. FormatCatalog.All.Select(description => description.Format.ToString()),
        "bfp3:16", "bfp6:32", "bfp6:row", "mxint3:16", "mxint4:16@mse", "mxint4:16@ceil", "mxfp4:32@mse", "nvfp4@mse",
        "bfp4:16@compat", "bmf8:16@compat", "bl8:16@compat", "minifloat:e4m3@compat", "dmf:e4m3@compat", "fixed5", "fixed12.9",
    ];

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
}
