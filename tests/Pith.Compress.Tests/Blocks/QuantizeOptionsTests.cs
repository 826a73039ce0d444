using System.Text;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.TestKit;

namespace Pith.Compress.Tests.Blocks;

public sealed class QuantizeOptionsTests
{
    private static readonly Site[] Sites =
        [.. new[] { "attn.q", "attn.qk", "attn.av", "mlp.down" }.SelectMany(name => new[] { Site.Parse("layers.0." + name), Site.Parse("layers.1." + name) })];

    private static readonly NumberFormat Bfp4 = NumberFormat.Parse("bfp4:16");
    private static readonly NumberFormat Bfp6 = NumberFormat.Parse("bfp6:16");
    private static readonly NumberFormat Mxint8 = NumberFormat.Parse("mxint8:32");

    [Fact]
    public void PlanFor_WeightsAndActivations_DecidesBothOperandsOfEveryProduct()
    {
        var plan = new QuantizeOptions { Weights = Bfp4, Activations = Bfp6 }.PlanFor(Sites);
        Assert.Equal(Sites.Order(), plan.Sites.Keys);
        Assert.All(plan.Sites, entry => Assert.Equal(entry.Key.HasWeight ? new SitePlan(Bfp4, Bfp6) : new SitePlan(Bfp6, Bfp6), entry.Value));
    }

    [Fact]
    public void PlanFor_Overrides_WinOperandByOperand()
    {
        var options = new QuantizeOptions
        {
            Weights = Bfp4,
            Activations = Bfp6,
            Overrides = Read("""{"version":1,"sites":{"layers.1.mlp.down":{"activations":"mxint8:32"}}}"""),
        };
        var plan = options.PlanFor(Sites);
        Assert.Equal(new SitePlan(Bfp4, Mxint8), plan[Site.Parse("layers.1.mlp.down")]);
        Assert.Equal(new SitePlan(Bfp4, Bfp6), plan[Site.Parse("layers.0.mlp.down")]);
    }

    [Fact]
    public void PlanFor_OnlyOverrides_LeavesOtherSitesAlone()
    {
        var overrides = Read("""{"version":1,"sites":{"layers.1.mlp.down":{"weights":"mxint8:32"}}}""");
        Assert.Equal(overrides.Hash, new QuantizeOptions { Overrides = overrides }.PlanFor(Sites).Hash);
    }

    [Fact]
    public void PlanFor_SitesTheModelLacks_ListsThem()
    {
        var options = new QuantizeOptions
        {
            Weights = Bfp4,
            Overrides = Read("""{"version":1,"sites":{"layers.2.attn.q":{"weights":"bfp6"},"layers.0.attn.q":{"weights":"bfp6"},"layers.0.mlp.fc1":{"weights":"bfp6"}}}"""),
        };
        var error = Assert.Throws<PithException>(() => options.PlanFor(Sites));
        Assert.Same(CompressErrors.UnknownSites, error.Error);
        Assert.EndsWith("found layers.0.mlp.fc1 (nearest: layers.0.mlp.down), layers.2.attn.q (nearest: layers.1.attn.q)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlanFor_ManyForeignSites_NamesFiftyAndCountsTheRest()
    {
        var overrides = new Plan(Enumerable.Range(100, 65).Select(layer => KeyValuePair.Create(new Site(layer, SiteKind.AttnQ), new SitePlan(Bfp4, null))));
        var error = Assert.Throws<PithException>(() => new QuantizeOptions { Overrides = overrides }.PlanFor(Sites));
        Assert.EndsWith("layers.149.attn.q (nearest: layers.1.attn.q) and 15 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlanFor_NoFormatAtAll_IsRefused() =>
        Assert.Same(CompressErrors.NothingToDo, Assert.Throws<PithException>(() => new QuantizeOptions().PlanFor(Sites)).Error);

    [Fact]
    public void PlanFor_LowRank_CorrectsEveryQuantizedWeightWithinItsRank()
    {
        var options = new QuantizeOptions
        {
            Weights = Bfp4,
            LowRank = new LowRankPlan(40, Mxint8, LowRankMethod.Lqer),
            Overrides = Read("""{"version":1,"sites":{"layers.1.mlp.down":{"low_rank":{"rank":3,"method":"lqer"}}}}"""),
        };
        var plan = options.PlanFor(TinyLlama.Config);

        // Widths of 36 and 50, keys and values of 18.
        Assert.Equal(36, plan[Site.Parse("layers.0.attn.q")].LowRank!.Rank);
        Assert.Equal(18, plan[Site.Parse("layers.0.attn.v")].LowRank!.Rank);
        Assert.Equal(new LowRankPlan(3, null, LowRankMethod.Lqer), plan[Site.Parse("layers.1.mlp.down")].LowRank);
        Assert.Null(plan[Site.Parse("layers.0.attn.qk")].LowRank);
    }

    [Theory]
    [InlineData("""{"low_rank":{"rank":2,"method":"lqer"}}""", "PITH4010")]
    [InlineData("""{"weights":"bfp4","low_rank":{"rank":37,"method":"lqer"}}""", "PITH4011")]
    [InlineData("""{"weights":"bfp4","low_rank":{"rank":2}}""", "PITH4012")]
    public void PlanFor_CorrectionThatCannotBe_IsACodedError(string site, string code)
    {
        var overrides = Read($$$"""{"version":1,"sites":{"layers.1.mlp.down":{{{site}}}}}""");
        var error = Assert.Throws<PithException>(() => new QuantizeOptions { Overrides = overrides }.PlanFor(TinyLlama.Config));
        Assert.Equal(code, error.Error.Code);
        Assert.StartsWith("layers.1.mlp.down: ", error.Message, StringComparison.Ordinal);
    }

    private static Plan Read(string json) => Plan.FromJson(Encoding.UTF8.GetBytes(json));
}
