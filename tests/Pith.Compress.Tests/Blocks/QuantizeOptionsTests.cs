using System.Text;
using Pith.Compress.Blocks;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

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
        Assert.EndsWith("found layers.0.mlp.fc1, layers.2.attn.q", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlanFor_ManyForeignSites_NamesTenAndCountsTheRest()
    {
        var overrides = new Plan(Enumerable.Range(100, 25).Select(layer => KeyValuePair.Create(new Site(layer, SiteKind.AttnQ), new SitePlan(Bfp4, null))));
        var error = Assert.Throws<PithException>(() => new QuantizeOptions { Overrides = overrides }.PlanFor(Sites));
        Assert.EndsWith("layers.109.attn.q and 15 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlanFor_NoFormatAtAll_IsRefused() =>
        Assert.Same(CompressErrors.NothingToDo, Assert.Throws<PithException>(() => new QuantizeOptions().PlanFor(Sites)).Error);

    private static Plan Read(string json) => Plan.FromJson(Encoding.UTF8.GetBytes(json));
}
