using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Sites;

namespace Pith.Core.Tests.Sites;

public sealed class SiteTests
{
    internal static readonly Gen<Site> AnySite =
        Gen.Select(Gen.Int[0, 200], Gen.Enum<SiteKind>(), (layer, kind) => new Site(layer, kind));

    [Theory]
    [InlineData(SiteKind.AttnQ, "layers.3.attn.q")]
    [InlineData(SiteKind.AttnK, "layers.3.attn.k")]
    [InlineData(SiteKind.AttnV, "layers.3.attn.v")]
    [InlineData(SiteKind.AttnQk, "layers.3.attn.qk")]
    [InlineData(SiteKind.AttnAv, "layers.3.attn.av")]
    [InlineData(SiteKind.AttnO, "layers.3.attn.o")]
    [InlineData(SiteKind.MlpGate, "layers.3.mlp.gate")]
    [InlineData(SiteKind.MlpUp, "layers.3.mlp.up")]
    [InlineData(SiteKind.MlpDown, "layers.3.mlp.down")]
    [InlineData(SiteKind.MlpFc1, "layers.3.mlp.fc1")]
    [InlineData(SiteKind.MlpFc2, "layers.3.mlp.fc2")]
    public void ToString_EachKind_IsItsAddress(SiteKind kind, string address)
    {
        Assert.Equal(address, new Site(3, kind).ToString());
        Assert.Equal(new Site(3, kind), Site.Parse(address));
    }

    [Fact]
    public void Parse_OfToString_GivesTheSiteBack() =>
        AnySite.Sample(site => Site.TryParse(site.ToString(), out var read) && read == site);

    [Fact]
    public void TryParse_WhateverItTakes_IsWrittenTheSame() =>
        Gen.Select(
            Gen.OneOf("layers", "layer", "Layers", ""),
            Gen.OneOf("0", "00", "7", "07", "-1", "+1", " 1", "1 ", "2147483647", "2147483648", "1e1", "٣", ""),
            Gen.OneOf("attn.q", "attn.Q", "attn", "mlp.down", "mlp.down.", "attn.qkv", ".", ""),
            (first, second, third) => $"{first}.{second}.{third}")
        .Sample(text => Assert.True(!Site.TryParse(text, out var site) || site.ToString() == text, text));

    [Theory]
    [InlineData("layers.0.attn.q", true)]
    [InlineData("layers.2147483647.attn.q", true)]
    [InlineData("layers.00.attn.q", false)]
    [InlineData("layers.-1.attn.q", false)]
    [InlineData("layers.2147483648.attn.q", false)]
    [InlineData("layers.0.attn.q.weight", false)]
    [InlineData("layers.0.attn", false)]
    [InlineData("layers.0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TryParse_Edges_TakesOnlyAddresses(string? text, bool isSite) => Assert.Equal(isSite, Site.TryParse(text, out _));

    [Fact]
    public void Parse_NoAddress_NamesTheText()
    {
        var error = Assert.Throws<PithException>(() => Site.Parse("layers.0.attn.w"));
        Assert.Same(CoreErrors.UnknownSite, error.Error);
        Assert.Contains("`layers.0.attn.w` (nearest: layers.0.attn.q)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layers.12.attn.qkv", "layers.12.attn.qk")]
    [InlineData("layer.3.mlp.dwn", "layers.3.mlp.down")]
    [InlineData("layers.007.mlp.up", "layers.7.mlp.up")]
    [InlineData("layers.attn.o", "layers.0.attn.o")]
    [InlineData("layers.2.fc1", "layers.2.mlp.fc1")]
    [InlineData("layers.2147483648.attn.q", null)]
    [InlineData("lm_head", null)]
    [InlineData("", null)]
    public void Nearest_MisspeltAddress_IsThis(string text, string? nearest) => Assert.Equal(nearest, Site.Nearest(text)?.ToString());

    [Fact]
    public void Nearest_OneWrongLetter_IsOneLetterAway() => Gen.Select(AnySite, Gen.Int[0, 100], Gen.Char['a', 'z']).Sample((site, at, letter) =>
    {
        var text = site.ToString().ToCharArray();
        // The layer itself has no nearest.
        if (!char.IsAsciiDigit(text[at % text.Length]))
            text[at % text.Length] = letter;
        Assert.InRange(EditDistance.Between(new string(text), Site.Nearest(new string(text))!.Value.ToString()), 0, 1);
    });

    [Fact]
    public void CompareTo_TwoSites_OrdersByLayerThenComputation() =>
        Gen.Select(AnySite, AnySite).Sample((a, b) =>
        {
            var expected = a.Layer != b.Layer ? a.Layer.CompareTo(b.Layer) : ((int)a.Kind).CompareTo((int)b.Kind);
            Assert.Equal(Math.Sign(expected), Math.Sign(a.CompareTo(b)));
            Assert.Equal(expected < 0, a < b);
            Assert.Equal(expected > 0, a > b);
            Assert.Equal(expected <= 0, a <= b);
            Assert.Equal(expected >= 0, a >= b);
        });

    [Fact]
    public void HasWeight_AttentionProducts_IsFalse()
    {
        var without = Enum.GetValues<SiteKind>().Where(kind => !new Site(0, kind).HasWeight);
        Assert.Equal([SiteKind.AttnQk, SiteKind.AttnAv], without);
    }

    [Theory]
    [InlineData(SiteKind.AttnQ, 6_000_000_000L)]
    [InlineData(SiteKind.AttnQk, 0L)]
    public void Weights_OfAShape_CountsStoredOnesWithoutOverflow(SiteKind kind, long expected) =>
        Assert.Equal(expected, new SiteShape(new Site(0, kind), 60_000, 100_000).Weights);
}
