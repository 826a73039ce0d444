using System.Text;
using CsCheck;
using Pith.Core.Diagnostics;
using Pith.Core.Plans;

namespace Pith.Core.Tests.Plans;

public sealed class PlanJsonTests
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "", "" },
        { "null", "version" },
        { "[]", "version" },
        { "{}", "version" },
        { """{"version":2,"sites":{}}""", "version" },
        { """{"version":1.5,"sites":{}}""", "version" },
        { """{"version":1e999,"sites":{}}""", "version" },
        { """{"version":"1","sites":{}}""", "version" },
        { """{"version":1}""", "sites" },
        { """{"version":1,"sites":[]}""", "sites" },
        { """{"version":1,"sites":{},"extra":0}""", "`extra`" },
        { """{"version":1,"version":1,"sites":{}}""", "" },
        { """{"version":1,"sites":{}} trailing""", "" },
        { """{"version":1,"sites":{"layers.0.attn.w":{}}}""", "`layers.0.attn.w`" },
        { """{"version":1,"sites":{"layers.00.attn.q":{}}}""", "`layers.00.attn.q`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{},"layers.0.attn.q":{}}}""", "" },
        { """{"version":1,"sites":{"layers.0.attn.q":"bfp6"}}""", "layers.0.attn.q: expected an object" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weight":"bfp6"}}}""", "`weight`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp77"}}}""", "layers.0.attn.q: weights: `bfp77`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weights":6}}}""", "`6`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weights":null}}}""", "`null`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weights":{"a":{"b":{"c":{"d":{"e":{}}}}}}}}}""", "" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"weights":"\ud800"}}}""", "" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":32}}}""", "low_rank: expected an object" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{}}}}""", "`rank`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":0}}}}""", "rank: expected a whole number of at least 1, found `0`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":1.5}}}}""", "`1.5`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":9999999999}}}}""", "`9999999999`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":"32"}}}}""", "rank" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":2,"format":"bfp77"}}}}""", "low_rank: format: `bfp77`" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":2,"method":"svd"}}}}""", "lqer, l2qer, qera-diag, qera" },
        { """{"version":1,"sites":{"layers.0.attn.q":{"low_rank":{"rank":2,"ranks":2}}}}""", "`ranks`" },
        { """{"version":1,"sites":{"layers.0.attn.qk":{"low_rank":{"rank":2}}}}""", "layers.0.attn.qk: low_rank" },
        { """{"version":1,"sites":{"layers.\ud800.attn.q":{}}}""", "" },
        { """{"version":1,"\udc00":1,"sites":{}}""", "" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void FromJson_NoPlan_SaysWhatIsWrong(string json, string expected)
    {
        var error = Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes(json), "my.json"));
        Assert.Same(CoreErrors.BadPlan, error.Error);
        Assert.StartsWith("my.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJson_UnknownFormats_AreNamedAllWithTheNearest()
    {
        var json = """{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp66:16","activations":"MXINT8:32"},"layers.1.attn.q":{"weights":"bf16","low_rank":{"rank":2,"format":"mxfp8"}},"layers.2.attn.q":{"weights":null}}}""";
        Assert.Equal(
            "my.json: expected number formats, found layers.0.attn.q: weights: `bfp66:16` (nearest: bfp6:16), "
            + "layers.0.attn.q: activations: `MXINT8:32` (nearest: mxint8:32), layers.1.attn.q: low_rank: format: `mxfp8` (nearest: mxfp8e4m3:32), layers.2.attn.q: weights: `null`",
            Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes(json), "my.json")).Message);
    }

    [Fact]
    public void FromJson_ManyUnknownFormats_AreCountedBeyondFifty()
    {
        var sites = string.Join(',', Enumerable.Range(0, 1000).Select(layer => $"\"layers.{layer}.attn.q\":{{\"weights\":\"bfp66\"}}"));
        var message = Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes($"{{\"version\":1,\"sites\":{{{sites}}}}}"))).Message;
        Assert.EndsWith("layers.49.attn.q: weights: `bfp66` (nearest: bfp6:16) and 950 more", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJson_UnknownSites_AreNamedAllWithTheNearest()
    {
        var json = """{"version":1,"sites":{"layers.0.attn.w":{"weights":"bfp6"},"layer.3.mlp.dwn":{"low_rank":{"rank":2}},"layers.1.attn.q":{"weights":"bfp6"},"lm_head":{}}}""";
        Assert.Equal(
            "my.json: expected sites, found `layers.0.attn.w` (nearest: layers.0.attn.q), `layer.3.mlp.dwn` (nearest: layers.3.mlp.down), `lm_head`",
            Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes(json), "my.json")).Message);
    }

    [Fact]
    public void FromJson_UnknownSitesAndFormats_AreToldTogether()
    {
        var json = """{"version":1,"sites":{"layers.0.attn.w":{"weights":"bfp66:16"},"layers.1.attn.q":{"activations":"bfp5:16","weights":"bf61"}}}""";
        Assert.Equal(
            "my.json: expected sites, found `layers.0.attn.w` (nearest: layers.0.attn.q); "
            + "expected number formats, found layers.0.attn.w: weights: `bfp66:16` (nearest: bfp6:16), layers.1.attn.q: weights: `bf61` (nearest: bf16)",
            Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes(json), "my.json")).Message);
    }

    [Fact]
    public void FromJson_ManyUnknownSites_AreCountedBeyondFifty()
    {
        var sites = string.Join(',', Enumerable.Range(0, 1000).Select(layer => $"\"layers.{layer}.attn.w\":{{}}"));
        var message = Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes($"{{\"version\":1,\"sites\":{{{sites}}}}}"))).Message;
        Assert.EndsWith("`layers.49.attn.w` (nearest: layers.49.attn.q) and 950 more", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJson_UnknownNamesAndAnotherFault_TellsTheFault() => Assert.Contains(
        "`weight`",
        Assert.Throws<PithException>(() => Plan.FromJson("""{"version":1,"sites":{"layers.0.attn.w":{"weights":"bfp66","weight":""}}}"""u8.ToArray())).Message,
        StringComparison.Ordinal);

    [Fact]
    public void FromJson_BytesThatAreNoText_IsACodedError() =>
        Assert.Throws<PithException>(() => Plan.FromJson(new byte[] { 0xff, 0xfe, 0x00 }));

    [Fact]
    public void FromJson_LongBadValue_IsQuotedShort()
    {
        var json = """{"version":1,"sites":{"layers.0.attn.q":{"weights":"X"}}}""".Replace("X", new string('x', 100_000), StringComparison.Ordinal);
        Assert.InRange(Assert.Throws<PithException>(() => Plan.FromJson(Encoding.UTF8.GetBytes(json))).Message.Length, 20, 300);
    }

    [Fact]
    public void FromJson_TooLong_IsRefusedUnread() =>
        Assert.Contains("4194304", Assert.Throws<PithException>(() => Plan.FromJson(new byte[4_194_305])).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_AFile_IsThePlanAndNamesTheFile()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp6"}}}""");
            Assert.Equal("bfp6:16", Plan.Load(path)[Core.Sites.Site.Parse("layers.0.attn.q")].Weights!.ToString());
            File.WriteAllText(path, "{}");
            Assert.StartsWith(path + ": ", Assert.Throws<PithException>(() => Plan.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Load_EndlessFile_IsRefused()
    {
        if (!File.Exists("/dev/zero"))
            Assert.Skip("No /dev/zero here.");
        Assert.Same(CoreErrors.BadPlan, Assert.Throws<PithException>(() => Plan.Load("/dev/zero")).Error);
    }

    [Fact]
    public void FromJson_MutatedPlan_NeverFailsOtherwise()
    {
        var plan = Encoding.UTF8.GetBytes("""{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp6:16","activations":"mxint8:32","low_rank":{"rank":32,"format":"mxint8:16","method":"qera"}},"layers.0.attn.qk":{"weights":"bf16"}}}""");
        Gen.Select(Gen.Int[0, plan.Length - 1], Gen.Byte, Gen.Int[0, plan.Length]).Sample((at, value, length) =>
        {
            var mutated = plan.ToArray();
            mutated[at] = value;
            try
            {
                Plan.FromJson(mutated.AsMemory(0, at % 2 == 0 ? mutated.Length : length));
            }
            catch (PithException error)
            {
                Assert.Same(CoreErrors.BadPlan, error.Error);
            }
        });
    }
}
