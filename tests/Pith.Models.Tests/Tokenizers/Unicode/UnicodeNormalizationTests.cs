using System.Text;
using CsCheck;
using Pith.Models.Tokenizers.Unicode;

namespace Pith.Models.Tests.Tokenizers.Unicode;

public sealed class UnicodeNormalizationTests
{
    private static readonly Gen<string> s_texts = Gen.Frequency(
            (3, Gen.Int[0x20, 0x24F]), (3, Gen.Int[0x300, 0x345]), (1, Gen.Int[0x1100, 0x11FF]), (1, Gen.Int[0xAC00, 0xD7A3]),
            (1, Gen.Int[0x1E00, 0x1FFF]), (1, Gen.Int[0xF900, 0xFFDC]), (1, Gen.Int[0x1D100, 0x1D7FF]), (1, Gen.Int[0x900, 0xDFF]))
        .Array[0, 12].Select(points => string.Concat(points.Where(Rune.IsValid).Select(static point => new Rune(point).ToString())));

    [Theory]
    // Source: Unicode Standard Annex #15, figures 3 to 6, and the arithmetic of section 3.12 for Hangul.
    [InlineData("\u212B", "\u0041\u030A", "\u00C5", "\u0041\u030A", "\u00C5")]
    [InlineData("\u2126", "\u03A9", "\u03A9", "\u03A9", "\u03A9")]
    [InlineData("\u1E0B\u0323", "\u0064\u0323\u0307", "\u1E0D\u0307", "\u0064\u0323\u0307", "\u1E0D\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [InlineData("\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E9B\u0323", "s\u0323\u0307", "\u1E69")]
    [InlineData("\uD4DB", "\u1111\u1171\u11B6", "\uD4DB", "\u1111\u1171\u11B6", "\uD4DB")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")] // excluded from composition
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    public void Apply_PublishedExamples_GiveTheFourForms(string text, string d, string c, string kd, string kc)
    {
        Assert.Equal(d, UnicodeNormalization.Apply(text, NormalizationForm.FormD));
        Assert.Equal(c, UnicodeNormalization.Apply(text, NormalizationForm.FormC));
        Assert.Equal(kd, UnicodeNormalization.Apply(text, NormalizationForm.FormKD));
        Assert.Equal(kc, UnicodeNormalization.Apply(text, NormalizationForm.FormKC));
    }

    [Fact]
    public void Apply_AnyText_ObeysTheLawsOfTheForms() => s_texts.Sample(text =>
    {
        var c = UnicodeNormalization.Apply(text, NormalizationForm.FormC);
        var d = UnicodeNormalization.Apply(text, NormalizationForm.FormD);
        Assert.Equal(c, UnicodeNormalization.Apply(c, NormalizationForm.FormC));
        Assert.Equal(d, UnicodeNormalization.Apply(d, NormalizationForm.FormD));
        Assert.Equal(c, UnicodeNormalization.Apply(d, NormalizationForm.FormC));
        Assert.Equal(d, UnicodeNormalization.Apply(c, NormalizationForm.FormD));
        var kd = UnicodeNormalization.Apply(text, NormalizationForm.FormKD);
        Assert.Equal(kd, UnicodeNormalization.Apply(c, NormalizationForm.FormKD));
        Assert.Equal(UnicodeNormalization.Apply(kd, NormalizationForm.FormC), UnicodeNormalization.Apply(text, NormalizationForm.FormKC));
    });
}
