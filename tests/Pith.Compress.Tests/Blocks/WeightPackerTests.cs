using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Compress.Tests.Blocks;

public sealed class WeightPackerTests
{
    private const int Rows = 301;
    private const int Columns = 517;

    // A plane of several chunks (126 rows each), whose largest number is in the last.
    private static readonly Func<long, float> Values = index => index == (Rows * Columns) - 2 ? -9 : MemorySource.Normal(1, 0.02f)(index);

    [Theory]
    [InlineData("bfp6:16")]
    [InlineData("mxint4:32@mse")]
    [InlineData("mxfp4:32")]
    [InlineData("nvfp4")]
    [InlineData("fixed8")]
    [InlineData("minifloat:e4m3")]
    [InlineData("bmf8:row")]
    public void Pack_AnyFormat_EqualsTheWholeMatrixAtOnceForAnyThreads(string text)
    {
        var format = NumberFormat.Parse(text);
        var values = Enumerable.Range(0, Rows * Columns).Select(index => Values(index)).ToArray();
        var whole = PackedMatrix.Pack(format, values, Columns);
        using var source = new MemorySource(("w", [Rows, Columns], Values));

        var one = Pack(source, format, threads: 1);
        var four = Pack(source, format, threads: 4);

        Assert.Equal(whole.TensorParameter, one.Matrix.TensorParameter);
        Assert.True(whole.Codes.Span.SequenceEqual(one.Matrix.Codes.Span));
        Assert.True(whole.Scales.Span.SequenceEqual(one.Matrix.Scales.Span));
        Assert.True(one.Matrix.Codes.Span.SequenceEqual(four.Matrix.Codes.Span));
        Assert.True(one.Matrix.Scales.Span.SequenceEqual(four.Matrix.Scales.Span));
        Assert.Equal(one.RelativeError, four.RelativeError);
    }

    [Theory]
    [InlineData("bfp6:16")]
    [InlineData("nvfp4")]
    public void Pack_Error_IsThatOfTheDecodedWeight(string text)
    {
        var format = NumberFormat.Parse(text);
        using var source = new MemorySource(("w", [Rows, Columns], Values));
        var packed = Pack(source, format, threads: 2);

        double error = 0, norm = 0;
        var row = new float[Columns];
        for (var r = 0; r < Rows; r++)
        {
            packed.Matrix.DecodeRow(r, row);
            for (var c = 0; c < Columns; c++)
            {
                double exact = Values((r * Columns) + c);
                error += Math.Pow(row[c] - exact, 2);
                norm += exact * exact;
            }
        }

        // 1.6e5 binary64 additions in another order: relative rounding below 1.6e5 · 2^-53.
        Assert.Equal(Math.Sqrt(error / norm), packed.RelativeError, 1e-10);
        Assert.Equal(packed.RelativeError, WeightError.Relative(source, "w", format, cancellation: TestContext.Current.CancellationToken), 1e-15);
    }

    // Relative errors of the reference implementation on W ~ N(0, 0.02²), 64 × 256, blocks of 16, as published with the format
    // specifications. Another sample of 16,384 numbers moves them by about 1 % (the spread over seeds); BFP rounds slightly better here,
    // since its largest element never saturates.
    [Theory]
    [InlineData("bfp8:16@compat", 0.0071)]
    [InlineData("bfp6:16@compat", 0.0279)]
    [InlineData("bfp5:16@compat", 0.0563)]
    [InlineData("bfp4:16@compat", 0.1131)]
    [InlineData("minifloat:e4m3@compat", 0.036)]
    [InlineData("dmf:e4m3@compat", 0.060)]
    [InlineData("bmf8:16@compat", 1.000)]
    [InlineData("bl8:16@compat", 0.206)]
    [InlineData("fixed8.7", 0.113)]
    public void Relative_NormalWeights_IsThePublishedError(string format, double expected)
    {
        using var source = new MemorySource(("w", [64, 256], MemorySource.Normal(7, 0.02f)));
        var error = WeightError.Relative(source, "w", NumberFormat.Parse(format), cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(error / expected, 0.97, 1.03);
    }

    // The corrected block minifloat: E4M3 elements whose block maximum sits in the top binade round like minifloats in range.
    // Uniform relative spacing 2^-4 … 2^-3 of a binade makes about 2^-4/√3 = 0.036 at most.
    [Fact]
    public void Relative_CorrectedBlockMinifloat_IsAsGoodAsAMinifloat()
    {
        using var source = new MemorySource(("w", [64, 256], MemorySource.Normal(7, 0.02f)));
        var error = WeightError.Relative(source, "w", NumberFormat.Parse("bmf8:16"), cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(error, 0.01, 0.036);
    }

    [Theory]
    [InlineData("bfp6:16", float.NaN)]
    [InlineData("mxint4:16", float.PositiveInfinity)]
    [InlineData("nvfp4", float.NegativeInfinity)]
    [InlineData("fixed8", float.NaN)]
    [InlineData("bl8:16", float.NaN)]
    public void Pack_NotFinite_NamesTensorFormatAndTheFirstElement(string text, float value)
    {
        using var source = new MemorySource(("model.w", [Rows, Columns], index => index is 100_000 or 150_000 ? value : 1));
        var format = NumberFormat.Parse(text);
        foreach (var threads in new[] { 1, 4 })
        {
            var error = Assert.Throws<PithException>(() => Pack(source, format, threads, "model.w"));
            Assert.Same(CompressErrors.NonFiniteWeight, error.Error);

            // 100,000 = 193 · 517 + 219.
            Assert.StartsWith($"model.w: {text} needs finite weights, found ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(" at [193, 219], element 100000", error.Message, StringComparison.Ordinal);
            var same = Assert.Throws<PithException>(() => WeightError.Relative(
                source, "model.w", format, threads: threads, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(error.Message, same.Message);
        }
    }

    [Theory]
    [InlineData("mxfp4:32")]
    [InlineData("mxint8:32")]
    public void Pack_NotFiniteInAnOcpFormat_MakesThatBlockNan(string text)
    {
        using var source = new MemorySource(("w", [2, 64], index => index == 70 ? float.NaN : 1));
        var packed = Pack(source, NumberFormat.Parse(text), threads: 1);
        Assert.True(double.IsNaN(packed.RelativeError));
        var row = new float[64];
        packed.Matrix.DecodeRow(1, row);
        Assert.Equal(Enumerable.Repeat(float.NaN, 32).Concat(Enumerable.Repeat(1f, 32)), row);
        packed.Matrix.DecodeRow(0, row);
        Assert.All(row, number => Assert.Equal(1, number));
    }

    [Fact]
    public void Relative_MseWithImportance_NeverWorseThanTheStandardRuleInTheWeightedError()
    {
        using var source = new MemorySource(("w", [40, 100], MemorySource.Normal(3, 1)));
        var importance = Enumerable.Range(0, 100).Select(column => MathF.Exp(MemorySource.Normal(4, 2)(column))).ToArray();
        foreach (var name in new[] { "mxfp4:32", "mxint4:16", "bfp4:16", "bmf5:16", "bl8:16", "nvfp4" })
        {
            var standard = Error(name);
            var searched = Error(name + "@mse");
            Assert.True(searched <= standard, $"{name}: {searched} > {standard}");
        }

        double Error(string format) => WeightError.Relative(
            source, "w", NumberFormat.Parse(format), importance, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Relative_ImportanceOfAnotherLength_Throws()
    {
        using var source = new MemorySource(("w", [4, 16], _ => 1));
        Assert.Throws<ArgumentException>(() => WeightError.Relative(
            source, "w", NumberFormat.Parse("bfp6:16"), new float[15], cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => WeightError.Relative(
            source, "v", NumberFormat.Parse("bfp6:16"), cancellation: TestContext.Current.CancellationToken));
    }

    private static PackedWeight Pack(MemorySource source, NumberFormat format, int threads, string name = "w") =>
        WeightPacker.Pack(source, source.Tensors[name], format, threads, TestContext.Current.CancellationToken);
}
