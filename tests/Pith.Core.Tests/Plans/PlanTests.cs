using System.Text;
using CsCheck;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Core.Tests.Sites;

namespace Pith.Core.Tests.Plans;

public sealed class PlanTests
{
    private static readonly Gen<NumberFormat?> AnyDecision = Gen.OneOf(
        null, "fp32", "bf16", "bfp6:16", "bfp4:16@compat", "mxint4:32@mse", "mxfp4:32@ceil", "nvfp4", "fixed8.7", "minifloat:e4m3", "bl8:row")
        .Select(text => text is null ? null : NumberFormat.Parse(text));

    private static readonly Gen<LowRankPlan?> AnyLowRank = Gen.Select(
        Gen.Bool, Gen.Int[1, 4096], AnyDecision, Gen.Enum<LowRankMethod>(), (isThere, rank, format, method) => isThere ? new LowRankPlan(rank, format, method) : null);

    private static readonly Gen<KeyValuePair<Site, SitePlan>> AnyEntry = Gen.Select(
        SiteTests.AnySite,
        AnyDecision,
        AnyDecision,
        AnyLowRank,
        (site, weights, activations, lowRank) => KeyValuePair.Create(site, new SitePlan(weights, activations, site.HasWeight ? lowRank : null)));

    private static readonly Gen<Plan> AnyPlan = AnyEntry.Array[0, 20].Select(entries => new Plan(entries.DistinctBy(entry => entry.Key)));

    private static readonly Site Q = Site.Parse("layers.0.attn.q");
    private static readonly Site Qk = Site.Parse("layers.0.attn.qk");
    private static readonly Site Av = Site.Parse("layers.0.attn.av");

    private static readonly NumberFormat Bfp4 = NumberFormat.Parse("bfp4:16");
    private static readonly NumberFormat Bfp6 = NumberFormat.Parse("bfp6:16");
    private static readonly NumberFormat Mxint8 = NumberFormat.Parse("mxint8:32");
    private static readonly NumberFormat Bf16 = NumberFormat.Parse("bf16");

    [Fact]
    public void FromJson_OfToJson_GivesThePlanBack() => AnyPlan.Sample(plan =>
    {
        var read = Plan.FromJson(Encoding.UTF8.GetBytes(plan.ToJson()));
        Assert.Equal(plan.Sites.AsEnumerable(), read.Sites);
        Assert.Equal(plan.ToJson(), read.ToJson());
        Assert.Equal(plan.Hash, read.Hash);
    });

    [Fact]
    public void ToJson_SmallPlan_IsThisText()
    {
        // Given out of order; ordered by layer, then by computation (qk before o before gate).
        var plan = new Plan(new Dictionary<Site, SitePlan>
        {
            [Site.Parse("layers.10.attn.q")] = new(Bfp4, Bfp6),
            [Site.Parse("layers.2.mlp.gate")] = new(null, Mxint8),
            [Site.Parse("layers.2.attn.qk")] = new(Bf16, null),
        });

        Assert.Equal(
            """
            {
              "version": 1,
              "sites": {
                "layers.2.attn.qk": {
                  "weights": "bf16"
                },
                "layers.2.mlp.gate": {
                  "activations": "mxint8:32"
                },
                "layers.10.attn.q": {
                  "weights": "bfp4:16",
                  "activations": "bfp6:16"
                }
              }
            }

            """.ReplaceLineEndings("\n"),
            plan.ToJson());
    }

    // sha256sum of that text: a change of the canonical form would orphan every stored hash.
    [Fact]
    public void Hash_EmptyPlan_IsTheDigestOfItsText()
    {
        Assert.Equal("{\n  \"version\": 1,\n  \"sites\": {}\n}\n", Plan.Empty.ToJson());
        Assert.Equal("e7255d5254019f317799f21ccd32286a92b1d16fda0b2a34b709407d63d6b70a", Plan.Empty.Hash);
    }

    [Fact]
    public void Hash_OrderAndSpacingOfTheSource_DoNotMatter()
    {
        var one = Read("""{"version":1,"sites":{"layers.0.attn.q":{"weights":"bfp6","activations":"mxfp4"},"layers.1.attn.q":{"weights":"bf16"}}}""");
        var other = Read("""{ "sites": {"layers.1.attn.q":{"weights":"bf16"}, "layers.0.attn.q":{"activations":"mxfp4:32@floor","weights":"bfp6:16"}}, "version": 1 }""");
        Assert.Equal(one.Hash, other.Hash);
    }

    [Fact]
    public void Hash_AnyDecisionChanged_Differs() => Gen.Select(AnyPlan, AnyEntry).Sample((plan, entry) =>
    {
        var (site, decision) = entry;
        var changed = new Plan(plan.Sites.SetItem(site, decision));
        Assert.Equal(decision == plan[site], plan.Hash == changed.Hash);
    });

    [Fact]
    public void Indexer_SiteWithoutEntry_DecidesNothing() => Assert.Equal(new SitePlan(null, null), Plan.Empty[Q]);

    [Fact]
    public void Constructor_EntryThatDecidesNothing_IsLeftOut() =>
        Assert.Empty(new Plan([KeyValuePair.Create(Q, new SitePlan(null, null))]).Sites);

    [Fact]
    public void Constructor_CorrectionWhereNoWeightIs_Throws() =>
        Assert.Throws<ArgumentException>(() => new Plan([KeyValuePair.Create(Qk, new SitePlan(null, null, new LowRankPlan(4, null)))]));

    [Fact]
    public void ToJson_LowRank_IsThisText() => Assert.Equal(
        """
        {
          "version": 1,
          "sites": {
            "layers.0.attn.q": {
              "weights": "bfp4:16",
              "low_rank": {
                "rank": 32,
                "format": "mxint8:32",
                "method": "qera-diag"
              }
            }
          }
        }

        """.ReplaceLineEndings("\n"),
        new Plan([KeyValuePair.Create(Q, new SitePlan(Bfp4, null, new LowRankPlan(32, Mxint8)))]).ToJson());

    [Fact]
    public void Constructor_TwoDecisionsForASite_Throws() =>
        Assert.Throws<ArgumentException>(() => new Plan([KeyValuePair.Create(Q, new SitePlan(Bfp4, null)), KeyValuePair.Create(Q, new SitePlan(Bfp6, null))]));

    [Fact]
    public void With_AnyTwo_TheOtherWinsOperandByOperand() => Gen.Select(AnyPlan, AnyPlan).Sample((own, other) =>
    {
        var merged = own.With(other);
        foreach (var site in own.Sites.Keys.Union(other.Sites.Keys))
        {
            Assert.Equal(other[site].Weights ?? own[site].Weights, merged[site].Weights);
            Assert.Equal(other[site].Activations ?? own[site].Activations, merged[site].Activations);
            Assert.Equal(other[site].LowRank ?? own[site].LowRank, merged[site].LowRank);
        }

        Assert.Equal(own.Sites.Keys.Union(other.Sites.Keys).Order(), merged.Sites.Keys);
    });

    [Fact]
    public void With_Laws_EmptyIsNeutralAndItIsAssociative() => Gen.Select(AnyPlan, AnyPlan, AnyPlan).Sample((a, b, c) =>
    {
        Assert.Equal(a.Hash, a.With(Plan.Empty).Hash);
        Assert.Equal(a.Hash, Plan.Empty.With(a).Hash);
        Assert.Equal(a.With(b).With(c).Hash, a.With(b.With(c)).Hash);
    });

    [Fact]
    public void Uniform_OnlyTheTwoMainFormats_AttentionFollowsTheActivations()
    {
        var plan = Plan.Uniform([Q, Qk, Av], Bfp4, Bfp6);
        Assert.Equal(new SitePlan(Bfp4, Bfp6), plan[Q]);
        Assert.Equal(new SitePlan(Bfp6, Bfp6), plan[Qk]);
        Assert.Equal(new SitePlan(Bfp6, Bfp6), plan[Av]);
    }

    [Fact]
    public void Uniform_Attention_KvFollowsIt()
    {
        var plan = Plan.Uniform([Q, Qk], Bfp4, Bfp6, attention: Mxint8);
        Assert.Equal(new SitePlan(Bfp4, Bfp6), plan[Q]);
        Assert.Equal(new SitePlan(Mxint8, Mxint8), plan[Qk]);
    }

    [Fact]
    public void Uniform_Kv_IsTheRightOperandOnly()
    {
        var plan = Plan.Uniform([Qk, Av], Bfp4, Bfp6, kv: Mxint8);
        Assert.Equal(new SitePlan(Mxint8, Bfp6), plan[Qk]);
        Assert.Equal(new SitePlan(Mxint8, Bfp6), plan[Av]);
    }

    private static Plan Read(string json) => Plan.FromJson(Encoding.UTF8.GetBytes(json));
}
