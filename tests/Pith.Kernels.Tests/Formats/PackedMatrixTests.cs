using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Tests.Formats;

public sealed class PackedMatrixTests
{
    public static TheoryData<string> All => AllFormats.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Pack_Matrix_DecodesToRoundedRowsAndTakesTheStoredBits(string name)
    {
        const int rows = 3, columns = 37;
        var format = NumberFormat.Parse(name);
        var values = TestRows.Normal(rows * columns, 0.1, 8);
        var packed = PackedMatrix.Pack(format, values, columns);
        var bytes = packed.Codes.Length + packed.Scales.Length + (format.HasTensorParameter ? sizeof(float) : 0);
        Assert.Equal(format.StoredBits(rows, columns), 8L * bytes);
        var codec = FormatCodecs.For(format);
        var parameter = codec.TensorParameter(values.Max(Math.Abs));
        for (var row = 0; row < rows; row++)
        {
            var (expected, found) = (new float[columns], new float[columns]);
            codec.Round(values.AsSpan(row * columns, columns), expected, parameter);
            packed.DecodeRow(row, found);
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void Pack_NoValues_HasNoRows()
    {
        var packed = PackedMatrix.Pack(NumberFormat.Parse("nvfp4"), [], 16);
        Assert.Equal((0, 16, 0), (packed.Rows, packed.Columns, packed.Codes.Length));
    }

    [Fact]
    public void Pack_ValuesThatFillNoRow_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(NumberFormat.Float32, new float[7], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedMatrix.Pack(NumberFormat.Float32, new float[7], 0));
    }

    [Fact]
    public void Constructor_WrongLengths_AreRefused()
    {
        var format = NumberFormat.Parse("bfp6:16");
        Assert.Throws<ArgumentException>(() => new PackedMatrix(format, 2, 16, new byte[23], new byte[2], 0));
        Assert.Throws<ArgumentException>(() => new PackedMatrix(format, 2, 16, new byte[24], new byte[3], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedMatrix(format, -1, 16, default, default, 0));
        Assert.Equal(2, new PackedMatrix(format, 2, 16, new byte[24], new byte[2], 0).Rows);
    }
}
