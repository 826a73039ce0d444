using Pith.Compress.Ratio;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.TestKit;

namespace Pith.Compress.Tests.Ratio;

public sealed class FisherFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Load_File_HasTheDamageOfEverySiteAndFormat()
    {
        var file = Load("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint4:16":0.25,"bf16":0},"layers.1.mlp.down":{"mxint4:16":1e-3}}}""");
        Assert.Equal(0.25, file.Of(Site.Parse("layers.0.attn.q"), NumberFormat.Parse("mxint4:16")));
        Assert.Equal(1e-3, file.Of(Site.Parse("layers.1.mlp.down"), NumberFormat.Parse("mxint4:16")));
        Assert.Equal(0, file.Of(Site.Parse("layers.1.mlp.down"), NumberFormat.Parse("bf16")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"model":"m","sites":{}}""")]
    [InlineData("""{"version":1,"model":"m"}""")]
    [InlineData("""{"version":1,"sites":{}}""")]
    [InlineData("""{"version":1,"model":null,"sites":{}}""")]
    [InlineData("""{"version":1,"model":1,"sites":{}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0.attn.q":1}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0":{}}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint99":1}}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint4:16":-1}}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint4:16":"1"}}}""")]
    [InlineData("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint4:16":1e999}}}""")]
    public void Load_SomethingElse_IsRefused(string text)
    {
        var exception = Assert.Throws<PithException>(() => Load(text));
        Assert.Equal(CompressErrors.BadDamageFile, exception.Error);
        Assert.StartsWith(_path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownSitesAndFormats_AreNamedAllWithTheNearest()
    {
        var text = """{"version":1,"model":"m","sites":{"layers.0.attn.w":{"mxint4:16":1},"layers.0.attn.q":{"mxint44:16":1,"mxint4:16":1},"layer.1.attn.q":{"bf61":1}}}""";
        Assert.Equal(
            $"{_path}: expected sites, found `layers.0.attn.w` (nearest: layers.0.attn.q), `layer.1.attn.q` (nearest: layers.1.attn.q); "
            + "expected number formats, found layers.0.attn.q: `mxint44:16` (nearest: mxint4:16), layer.1.attn.q: `bf61` (nearest: bf16)",
            Assert.Throws<PithException>(() => Load(text)).Message);
    }

    [Fact]
    public void RequireModel_AnotherModel_IsRefused()
    {
        var file = Load("""{"version":1,"model":"theirs","sites":{}}""");
        file.RequireModel("theirs");
        var exception = Assert.Throws<PithException>(() => file.RequireModel("ours"));
        Assert.Equal(CompressErrors.DamagesOfAnotherModel, exception.Error);
        Assert.Equal($"{_path}: expected damages of the model ours, found those of theirs", exception.Message);
    }

    [Fact]
    public void Check_FileThatLacksASite_IsRefusedBeforeAnythingIsMeasured()
    {
        var options = new RatioSearchOptions
        {
            Options = [new(NumberFormat.Parse("mxint4:16")), new(NumberFormat.Parse("bf16"))],
            Budget = RatioBudget.Parse("bits=8"),
            Damage = DamageMethod.File,
            DamageFile = Load("""{"version":1,"model":"m","sites":{"layers.0.attn.q":{"mxint4:16":1}}}"""),
        };
        var exception = Assert.Throws<PithException>(() => RatioSearch.Check(TinyLlama.Config, options));
        Assert.Equal(CompressErrors.BadDamageFile, exception.Error);
        Assert.Contains("layers.0.attn.k in mxint4:16", exception.Message, StringComparison.Ordinal);
        Assert.Contains("and 8 more", exception.Message, StringComparison.Ordinal);
    }

    private FisherFile Load(string text)
    {
        File.WriteAllText(_path, text);
        return FisherFile.Load(_path);
    }
}
