using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;

namespace Pith.Core.Tests.Formats;

public sealed class NumberFormatTests
{
    private static readonly Gen<string> AnyName = Gen.OneOf(
        Gen.OneOf("fp32", "bf16", "fp16", "nvfp4", "nvfp4@mse"),
        Gen.Select(Gen.Int[2, 16], Gen.Int[-1, 30], (bits, f) => f < 0 ? $"fixed{bits}" : $"fixed{bits}.{f}"),
        Gen.Select(Gen.OneOf("minifloat", "dmf"), Gen.Int[2, 5], Gen.Int[1, 10], Gen.OneOf("", "@compat"), (name, e, m, rule) => $"{name}:e{e}m{m}{rule}"),
        Gen.Select(Gen.Int[2, 9], AnyBlock(), Gen.OneOf("", "@compat", "@mse"), (bits, block, rule) => $"bfp{bits}{block}{rule}"),
        Gen.Select(Gen.Int[2, 9], AnyBlock(), Gen.OneOf("", "@ceil", "@mse"), (bits, block, rule) => $"mxint{bits}{block}{rule}"),
        Gen.Select(Gen.Int[2, 5], Gen.Int[1, 5], AnyBlock(), Gen.OneOf("", "@compat", "@mse"), (e, m, block, rule) => e + m is >= 3 and <= 7 ? $"bmf{1 + e + m}e{e}m{m}{block}{rule}" : "bmf8:16"),
        Gen.Select(Gen.Int[4, 8], AnyBlock(), Gen.OneOf("", "@compat", "@mse"), (bits, block, rule) => $"bl{bits}{block}{rule}"),
        Gen.Select(Gen.OneOf("8e4m3", "8e5m2", "6e2m3", "6e3m2", "4"), AnyBlock(), Gen.OneOf("", "@ceil", "@mse"), (shape, block, rule) => $"mxfp{shape}{block}{rule}"));

    [Fact]
    public void Parse_AnyName_WritesBackToAnEqualFormat() => AnyName.Sample(name =>
    {
        var format = NumberFormat.Parse(name);
        var again = NumberFormat.Parse(format.ToString());
        return again == format && again.ToString() == format.ToString() && again.GetHashCode() == format.GetHashCode();
    });

    [Theory]
    [InlineData("mxint4", "mxint4:16")]
    [InlineData("mxint8", "mxint8:32")]
    [InlineData("mxint4:16@floor", "mxint4:16")]
    [InlineData("bfp6", "bfp6:16")]
    [InlineData("bmf8e4m3:16", "bmf8:16")]
    [InlineData("mxfp4e2m1:32", "mxfp4:32")]
    [InlineData("mxfp8e5m2", "mxfp8e5m2:32")]
    [InlineData("nvfp4:16", "nvfp4")]
    [InlineData("bfp6:row", "bfp6:row")]
    public void ToString_OtherSpelling_IsCanonical(string text, string canonical) =>
        Assert.Equal(canonical, NumberFormat.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" bfp6")]
    [InlineData("bfp6 ")]
    [InlineData("bfp6\n")]
    [InlineData("BFP6")]
    [InlineData("bfp")]
    [InlineData("bfp1")]
    [InlineData("bfp10")]
    [InlineData("bfp06")]
    [InlineData("bfp6:016")]
    [InlineData("bfp6:0")]
    [InlineData("bfp6:65537")]
    [InlineData("bfp6:-1")]
    [InlineData("bfp6:16@ceil")]
    [InlineData("bfp6:16@compat@mse")]
    [InlineData("bfp6.3:16")]
    [InlineData("fp32.5")]
    [InlineData("fp32:16")]
    [InlineData("fp8")]
    [InlineData("bf16@mse")]
    [InlineData("fixed1")]
    [InlineData("fixed17")]
    [InlineData("fixed8.31")]
    [InlineData("fixed8.7:16")]
    [InlineData("minifloat8")]
    [InlineData("minifloat:e1m3")]
    [InlineData("minifloat:e6m3")]
    [InlineData("minifloat:e4m11")]
    [InlineData("mxint4:16@compat")]
    [InlineData("mxfp6:32")]
    [InlineData("mxfp8e3m4:32")]
    [InlineData("bmf8e4m4")]
    [InlineData("bl9")]
    [InlineData("nvfp4:32")]
    [InlineData("q4_2")]
    [InlineData("bfp6:١٦")]
    public void Parse_NoFormat_NamesTheTextAndWhatIsRight(string text)
    {
        Assert.False(NumberFormat.TryParse(text, out _));
        var error = Assert.Throws<PithException>(() => NumberFormat.Parse(text));
        Assert.Equal(CoreErrors.UnknownFormat, error.Error);
        Assert.Contains($"`{text}`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrowsAndRoundTripsWhatItTakes() =>
        Gen.String[Gen.Char["abdfilmnpoxtuvcserw0123456789:.@ "], 0, 14].Sample(
            text => !NumberFormat.TryParse(text, out var format) || NumberFormat.Parse(format!.ToString()) == format,
            iter: 20_000);

    [Fact]
    public void Parse_VeryLongText_IsRefusedWithoutRepeatingIt()
    {
        var error = Assert.Throws<PithException>(() => NumberFormat.Parse(new string('a', 1_000_000)));
        Assert.True(error.Message.Length < 300);
    }

    // The density table of the specification, section 5: bits a value, and density against fp32 to two decimals.
    [Theory]
    [InlineData("fp32", 32, 1)]
    [InlineData("bf16", 16, 2)]
    [InlineData("fixed8.7", 8, 4.00)]
    [InlineData("minifloat:e4m3", 8, 4.00)]
    [InlineData("dmf:e4m3", 8, 4.00)]
    [InlineData("bfp8:16", 8.5, 3.76)]
    [InlineData("bmf8:16", 8.5, 3.76)]
    [InlineData("bl8:16", 8.5, 3.76)]
    [InlineData("bfp6:16", 6.5, 4.92)]
    [InlineData("bfp5:16", 5.5, 5.82)]
    [InlineData("bfp4:16", 4.5, 7.11)]
    [InlineData("mxfp8e4m3:32", 8.25, 3.88)]
    [InlineData("mxfp8e5m2:32", 8.25, 3.88)]
    [InlineData("mxint8:32", 8.25, 3.88)]
    [InlineData("mxfp6e2m3:32", 6.25, 5.12)]
    [InlineData("mxfp6e3m2:32", 6.25, 5.12)]
    [InlineData("mxfp4:32", 4.25, 7.53)]
    [InlineData("nvfp4", 4.5, 7.11)]
    public void BitsPerValue_OfTheSpecification_GiveItsDensities(string name, double bits, double density)
    {
        var format = NumberFormat.Parse(name);
        Assert.Equal(bits, format.BitsPerValue);
        Assert.Equal(density, 32 / format.BitsPerValue, tolerance: 0.005);
        Assert.Equal(bits * 1024, format.RowBits(1024));
    }

    // rows · ceil(in/B) · (B·b + e), each row padded to a byte, worked by hand.
    [Theory]
    [InlineData("bfp6:16", 1, 104)] // one block: 16·6 + 8
    [InlineData("bfp6:16", 16, 104)]
    [InlineData("bfp6:16", 17, 208)]
    [InlineData("mxfp4:32", 33, 272)] // 2·(128 + 8)
    [InlineData("bfp5:5", 11, 104)] // 3·(25 + 8) = 99, padded
    [InlineData("fixed5.2", 3, 16)] // 15, padded
    [InlineData("bfp6:row", 10, 72)] // 60 + 8 = 68, padded
    [InlineData("fp32", 3, 96)]
    [InlineData("bfp6:16", 0, 0)]
    public void RowBits_RaggedRow_CountsFullBlocksAndPadsToAByte(string name, int columns, long bits)
    {
        var format = NumberFormat.Parse(name);
        Assert.Equal(bits, format.RowBits(columns));
        Assert.Equal(7 * bits, format.StoredBits(7, columns));
    }

    [Theory]
    [InlineData("nvfp4", (3 * 4 * 72) + 32)]
    [InlineData("fixed8", (3 * 64 * 8) + 32)]
    [InlineData("fixed8.7", 3 * 64 * 8)]
    public void StoredBits_TensorParameter_IsCounted(string name, long bits) =>
        Assert.Equal(bits, NumberFormat.Parse(name).StoredBits(3, 64));

    [Fact]
    public void Catalog_EveryFormat_IsCanonicalDistinctAndDescribed()
    {
        Assert.Equal(FormatCatalog.All.Count, FormatCatalog.All.Select(entry => entry.Format).Distinct().Count());
        Assert.Equal(Enum.GetValues<FormatFamily>().Order(), FormatCatalog.All.Select(entry => entry.Format.Family).Distinct().Order());
        Assert.All(FormatCatalog.All, entry => Assert.EndsWith(".", entry.Sentence, StringComparison.Ordinal));
    }

    private static Gen<string> AnyBlock() => Gen.Int[-1, 65536].Select(block => block switch { -1 => ":row", 0 => string.Empty, _ => $":{block}" });
}
