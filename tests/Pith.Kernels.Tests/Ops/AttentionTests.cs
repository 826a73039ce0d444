using CsCheck;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Ops;

namespace Pith.Kernels.Tests.Ops;

public sealed class AttentionTests
{
    // Every way of holding a row: floats, 4 and 8 bits in signs and magnitudes, in two's complement and by table, widths without a decoder
    // of their own, blocks longer than a head, a parameter for the tensor, no blocks at all, ggml's blocks.
    public static TheoryData<string> Formats =>
        ["fp32", "mxint4:16", "mxint8:16", "mxint8:32", "mxint3:16", "mxint5:32", "bfp2:16", "bfp4:16", "bfp7:16", "bfp8:64", "bfp6:16", "bfp6:512", "mxfp4:32", "mxfp6e2m3:32", "nvfp4", "fixed8", "bf16", "fp16", "q8_0"];

    private static readonly Gen<AttentionShape> s_shapes =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 20], Gen.Int[0, 12], Gen.Int[1, 20], Gen.Int[0, 9]).Select(
            (kvHeads, group, size, first, tokens, window) => new AttentionShape(kvHeads * group, kvHeads, 2 * size, first, tokens, window == 0 ? null : window)
            {
                Seen = size % 3 == 0 ? 1 + (7 * size % (first + tokens)) : null,
                SeenFrom = size % 3 == 0 ? 7 * size % (first + tokens) / 2 : 0,
            });

    [Theory]
    [MemberData(nameof(Formats))]
    public void Apply_AnyShape_AgreesWithTheReferenceOnDequantizedRows(string format) => s_shapes.Sample(shape =>
    {
        var codec = CodecOf(format);
        var (queries, keys, values) = Operands(shape);
        var (positions, width) = (keys.Length / (shape.KvHeads * shape.HeadSize), shape.HeadSize);
        var expected = new float[shape.Tokens * shape.Heads * width];
        OpsReference.Attention(shape, queries, Rounded(keys, width, codec), Rounded(values, width, codec), expected);

        var output = Run(shape, queries, Rows(keys, shape, codec, positions), Rows(values, shape, codec, positions), null, new Workers(2));

        // Values below 1.5 (rounded: below 2) mixed with weights of sum 1 over at most 32 tokens, exponentials of exponents up to
        // 1.5 · 2 · √40 < 19: a relative error of 19 · 2^-23 and some roundings.
        for (var i = 0; i < output.Length; i++)
            Assert.Equal(expected[i], output[i], 4e-5f);
    }, iter: 30);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Apply_PackedRows_GivesTheBitsOfRoundedFloats(string format) => s_shapes.Sample(shape =>
    {
        var codec = CodecOf(format);
        var probabilities = CodecOf(shape.HeadSize % 4 == 0 ? "mxint8:16" : "fp32");
        var (queries, keys, values) = Operands(shape);
        var (positions, width) = (keys.Length / (shape.KvHeads * shape.HeadSize), shape.HeadSize);
        var floats = Run(
            shape, queries, Rows(Rounded(keys, width, codec), shape, null, positions), Rows(Rounded(values, width, codec), shape, null, positions), probabilities, Workers.Single);
        var packed = Run(shape, queries, Rows(keys, shape, codec, positions), Rows(values, shape, codec, positions), probabilities, new Workers(3));
        Assert.Equal(floats, packed);
    }, iter: 30);

    [Theory]
    [InlineData("fp32", 40)]
    [InlineData("mxint4:16", 40)]
    [InlineData("bfp6:16", 128)]
    public void Apply_LongText_GivesTheSameBitsTokenByToken(string format, int headSize)
    {
        // Longer than the rows decoded at once: 4096 numbers are 85 rows of 48 and 32 rows of 128.
        var shape = new AttentionShape(4, 2, headSize, 0, 200, null);
        var codec = CodecOf(format);
        var (queries, keys, values) = Operands(shape);
        var (k, v) = (Rows(keys, shape, codec, 200), Rows(values, shape, codec, 200));
        var together = Run(shape, queries, k, v, null, new Workers(3));
        var width = shape.Heads * headSize;
        for (var t = 0; t < 200; t += 33)
        {
            var alone = Run(shape with { FirstPosition = t, Tokens = 1 }, queries[(t * width)..((t + 1) * width)], k, v, null, Workers.Single);
            Assert.Equal(together[(t * width)..((t + 1) * width)], alone);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void RowBytes_AnyFormat_AreItsBitsAndParameter(string format)
    {
        var parsed = NumberFormat.Parse(format);
        var expected = format == "fp32" ? 4 * 48 : ((parsed.RowBits(40) + 7) / 8) + (parsed.HasTensorParameter ? 4 : 0);
        Assert.Equal(expected, HeadRows.RowBytes(40, CodecOf(format)));
    }

    [Fact]
    public void Put_OverAnotherRow_LeavesNothingOfIt()
    {
        var rows = new HeadRows(20, CodecOf("bfp4:16"));
        rows.Reserve(2);
        rows.Put(1, Enumerable.Repeat(7f, 20).ToArray());
        rows.Put(1, new float[20]);
        rows.Reserve(100);
        Assert.All(rows.Read(1, 1, new float[rows.ScratchElements]).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Put_NotFinite_IsRefused()
    {
        var rows = new HeadRows(4, CodecOf("bfp4:16"));
        rows.Reserve(1);
        Assert.Throws<NonFiniteException>(() => rows.Put(0, [1, float.NaN, 2, 3]));
    }

    private static FormatCodec? CodecOf(string format) => format == "fp32" ? null : FormatCodecs.For(NumberFormat.Parse(format));

    private static (float[] Queries, float[] Keys, float[] Values) Operands(AttentionShape shape)
    {
        var rows = (shape.FirstPosition + shape.Tokens) * shape.KvHeads * shape.HeadSize;
        return (Numbers(shape.Tokens * shape.Heads * shape.HeadSize, 1), Numbers(rows, 2), Numbers(rows, 3));
    }

    private static float[] Run(
        AttentionShape shape, float[] queries, HeadRows[] keys, HeadRows[] values, FormatCodec? probabilities, Workers workers)
    {
        var padded = new float[queries.Length / shape.HeadSize * shape.Stride];
        for (var row = 0; row < queries.Length / shape.HeadSize; row++)
            queries.AsSpan(row * shape.HeadSize, shape.HeadSize).CopyTo(padded.AsSpan(row * shape.Stride));
        var output = new float[queries.Length];
        Attention.Apply(shape, padded, keys, values, probabilities, output, workers);
        return output;
    }

    // [positions, kv heads, head size] as rows of each head.
    private static HeadRows[] Rows(float[] numbers, AttentionShape shape, FormatCodec? codec, int positions)
    {
        return [.. Enumerable.Range(0, shape.KvHeads).Select(Head)];

        HeadRows Head(int head)
        {
            var rows = new HeadRows(shape.HeadSize, codec);
            rows.Reserve(positions);
            for (var t = 0; t < positions; t++)
                rows.Put(t, numbers.AsSpan(((t * shape.KvHeads) + head) * shape.HeadSize, shape.HeadSize));
            return rows;
        }
    }

    private static float[] Rounded(float[] numbers, int width, FormatCodec? codec)
    {
        var rounded = numbers.ToArray();
        for (var start = 0; codec is not null && start < rounded.Length; start += width)
        {
            var row = rounded.AsSpan(start, width);
            codec.Round(row, row, codec.TensorParameter(row.ToArray().Max(Math.Abs)));
        }

        return rounded;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 3) - 1.5))];
    }
}
