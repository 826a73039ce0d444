using CsCheck;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Tests.Packed;

public sealed class InterleaverTests
{
    public static TheoryData<string> Formats =>
    [
        "mxint2:16", "mxint3:32", "mxint4:16", "mxint4:128", "mxint5:16", "mxint6:32", "mxint7:16", "mxint8:16", "mxint8:32",
        "bfp2:16", "bfp4:16", "bfp5:48", "bfp6:16", "bfp7:16", "bfp8:64", "mxfp4:32", "mxfp6e2m3:32", "nvfp4",
    ];

    // Any bytes are codes, and any are scales; the highest scales, which some formats carry to infinity, come in some matrices only.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Fill_AnyBytes_EqualsThePlainForm(string name)
    {
        if (Interleaver.VectorBits == 0)
            Assert.Skip("this processor has no AVX2");
        var format = NumberFormat.Parse(name);
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 330], Gen.Int[1, 3], Gen.Int[0, 7], Gen.Int[0, 1 << 20]).Sample((rows, columns, threads, kind, seed) =>
        {
            var packed = Random(format, rows, columns, kind, new Random(seed));
            return IsSameOnEveryPath(packed, threads);
        });
    }

    [Theory]
    [InlineData("q4_0")]
    [InlineData("q4_1")]
    [InlineData("q5_0")]
    [InlineData("q5_1")]
    [InlineData("q8_0")]
    [InlineData("q2_k")]
    [InlineData("q3_k")]
    [InlineData("q4_k")]
    [InlineData("q5_k")]
    [InlineData("q6_k")]
    [InlineData("iq4_nl")]
    [InlineData("iq4_xs")]
    public void Fill_BinaryScales_EqualsThePlainForm(string name)
    {
        if (Interleaver.VectorBits == 0)
            Assert.Skip("this processor has no AVX2");
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 530], Gen.Int[1, 3], Gen.Int[0, 1 << 20]).Sample((rows, columns, threads, seed) =>
        {
            var random = new Random(seed);
            var values = new float[rows * columns];
            for (var i = 0; i < values.Length; i++)
                values[i] = (random.NextSingle() - 0.5f) * (i / 32 % 7 == 0 ? 1e-4f : 1);
            var packed = PackedMatrix.Pack(NumberFormat.Parse(name), values, columns);
            return IsSameOnEveryPath(packed, threads);
        }, iter: 40);
    }

    [Fact]
    public void TryCreate_IntegerBeyondTheSymmetricRange_IsLeftPacked()
    {
        // MXINT8 can say -128, which a code of sign and magnitude cannot.
        var packed = new PackedMatrix(NumberFormat.Parse("mxint8:16"), 1, 16, new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, new byte[] { 127 }, 0);
        Assert.Null(InterleavedMatrix.TryCreate(packed));
        Assert.Null(InterleavedMatrix.TryCreate(packed, Workers.Single, vectorBits: 0));
    }

    private static PackedMatrix Random(NumberFormat format, int rows, int columns, int kind, Random random)
    {
        var codec = FormatCodecs.For(format);
        var codes = new byte[rows * codec.CodeBytes(columns)];
        var scales = new byte[rows * codec.ScaleBytes(columns)];
        random.NextBytes(codes);
        var highest = format.HasTensorScale ? 0x7E : 252;
        for (var i = 0; i < scales.Length; i++)
            scales[i] = (byte)(kind == 0 ? random.Next(highest - 12, highest + 4) : random.Next(0, highest + 1));

        // Eight-bit codes: without the one code that no record holds most matrices would be declined; whole blocks of zeros come, too.
        for (var i = 0; kind > 1 && i < codes.Length; i++)
            codes[i] = codes[i] == 0x80 || (i / 16 % 5) == kind ? (byte)0 : codes[i];
        return new PackedMatrix(format, rows, columns, codes, scales, 0.01f);
    }

    private static bool IsSameOnEveryPath(PackedMatrix packed, int threads)
    {
        using var plain = InterleavedMatrix.TryCreate(packed, Workers.Single, vectorBits: 0);
        foreach (var bits in new[] { 256, 512 }.Where(bits => bits <= Interleaver.VectorBits))
        {
            using var fast = InterleavedMatrix.TryCreate(packed, new Workers(threads), bits);
            if ((plain is null) != (fast is null) || (plain is not null && !IsEqual(plain, fast!)))
                return false;
        }

        return true;
    }

    private static unsafe bool IsEqual(InterleavedMatrix a, InterleavedMatrix b) =>
        a.Bytes == b.Bytes && (a.SmallestExponent, a.LargestExponent) == (b.SmallestExponent, b.LargestExponent)
        && new ReadOnlySpan<byte>(a.Group(0), (int)a.Bytes).SequenceEqual(new ReadOnlySpan<byte>(b.Group(0), (int)b.Bytes));
}
