using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Tune.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Tests.Llama;

public sealed class StraightThroughTests
{
    // 37 columns: a ragged block in every format with blocks.
    private const int Width = 37;

    public static TheoryData<string> Formats =>
        ["fixed8", "minifloat:e4m3", "bfp4:16", "bfp4:16@compat", "bmf6:16", "mxint3:16", "mxint4:16", "mxint4:16@mse", "mxint8:32", "mxfp4:32", "nvfp4", "q4_0"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Round_Rows_GiveTheBitsOfTheReferenceCodec(string name)
    {
        using var scope = NewDisposeScope();
        var format = NumberFormat.Parse(name);
        var values = Values(2 * 3 * Width);
        var rounded = StraightThrough.Round(tensor(values, [2, 3, Width], float32), FormatCodecs.For(format)).data<float>().ToArray();
        var reference = FormatCodecs.Reference(format);
        for (var start = 0; start < values.Length; start += Width)
        {
            var row = values.AsSpan(start, Width);
            var expected = new float[Width];
            reference.Round(row, expected, reference.TensorParameter(Largest(row)));
            AssertSameBits(expected, rounded[start..(start + Width)]);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Round_Causal_RoundsOnlyWhatIsSeen(string name)
    {
        using var scope = NewDisposeScope();
        const int Tokens = 19;
        var format = NumberFormat.Parse(name);
        var values = Array.ConvertAll(Values(2 * Tokens * Tokens), Math.Abs);
        var rounded = StraightThrough.Round(tensor(values, [1, 2, Tokens, Tokens], float32), FormatCodecs.For(format), isCausal: true).data<float>().ToArray();
        for (var row = 0; row < 2 * Tokens; row++)
        {
            var seen = values.AsSpan(row * Tokens, row % Tokens + 1);
            var expected = new float[Tokens];
            var reference = FormatCodecs.Reference(format);
            reference.Round(seen, expected.AsSpan(0, seen.Length), reference.TensorParameter(Largest(seen)));
            AssertSameBits(expected, rounded[(row * Tokens)..((row + 1) * Tokens)]);
        }
    }

    [Fact]
    public void Round_Gradient_PassesThroughAlsoWhereNumbersSaturate()
    {
        using var scope = NewDisposeScope();
        // Fixed point with 7 fraction bits ends just below 1: 50 saturates.
        var x = tensor(new[] { 0.3f, -50f, 50f, 0.001f }, [1, 4], float32, requires_grad: true);
        var slopes = tensor(new[] { 1f, 2f, -3f, 4f }, [1, 4], float32);
        var y = StraightThrough.Round(x, FormatCodecs.For(NumberFormat.Parse("fixed8.7")));
        var gradient = autograd.grad([(y * slopes).sum()], [x])[0];
        Assert.Equal([1f, 2f, -3f, 4f], gradient.data<float>().ToArray());
        Assert.Equal(127f / 128, y.data<float>().ToArray()[2]);
    }

    [Fact]
    public void Round_TransposedView_RoundsItsRows()
    {
        using var scope = NewDisposeScope();
        var codec = FormatCodecs.For(NumberFormat.Parse("mxint4:16"));
        var view = tensor(Values(4 * 5 * 8), [4, 5, 8], float32).transpose(0, 1);
        Assert.Equal(StraightThrough.Round(view.contiguous(), codec).data<float>().ToArray(), StraightThrough.Round(view, codec).contiguous().data<float>().ToArray());
    }

    [Fact]
    public void RoundWeight_NvFp4_HasOneParameterForTheMatrix()
    {
        using var scope = NewDisposeScope();
        var values = Values(3 * Width);
        var source = tensor(values, [3, Width], float32);
        var rounded = zeros_like(source);
        var reference = FormatCodecs.Reference(NumberFormat.Parse("nvfp4"));
        StraightThrough.RoundWeight(source, FormatCodecs.For(reference.Format), rounded);
        var expected = new float[values.Length];
        for (var start = 0; start < values.Length; start += Width)
            reference.Round(values.AsSpan(start, Width), expected.AsSpan(start, Width), reference.TensorParameter(Largest(values)));
        AssertSameBits(expected, rounded.data<float>().ToArray());
    }

    [Fact]
    public void Round_NotFinite_SaysDiverged()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, float.NaN }, [1, 2], float32);
        var error = Assert.Throws<PithException>(() => StraightThrough.Round(x, FormatCodecs.For(NumberFormat.Parse("mxint4:16"))));
        Assert.Equal(TuneErrors.Diverged, error.Error);
        Assert.Contains("index 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CodecOf_Float32_LeavesNumbersAlone()
    {
        using var scope = NewDisposeScope();
        Assert.Null(StraightThrough.CodecOf(null));
        Assert.Null(StraightThrough.CodecOf(NumberFormat.Float32));
        var x = ones([2, 2]);
        Assert.Same(x, StraightThrough.Round(x, null));
    }

    // Large and small numbers beside each other, and a zero.
    private static float[] Values(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(i => i % 11 == 3 ? 0 : (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-6, 3))))];
    }

    private static float Largest(ReadOnlySpan<float> row)
    {
        var largest = 0f;
        foreach (var value in row) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
