using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

/// <summary>Each operand of each kind of product is rounded where the plan says so, and along the axis that the documentation names.</summary>
public sealed class OperandRoundingTests
{
    private static readonly LlamaConfig s_config = TinyLlama.Config with { HeadSize = 20, Heads = 4, KvHeads = 2 };

    public static TheoryData<SiteKind, bool, string> Operands()
    {
        var operands = new TheoryData<SiteKind, bool, string>();
        foreach (var kind in s_config.Sites.Select(shape => shape.Site.Kind).Distinct())
        {
            foreach (var format in new[] { "bfp4:16", "nvfp4", "fixed6", "mxfp4:32" })
            {
                operands.Add(kind, true, format);
                operands.Add(kind, false, format);
            }
        }

        return operands;
    }

    // A rounding turns a difference of 1e-7 into a step where a number lies next to a tie, so the logits are not compared one by one:
    // ours must be ten times as near to the oracle with this plan as the oracle without it is.
    [Theory]
    [MemberData(nameof(Operands))]
    public void Append_OneOperandRounded_AgreesWithPlainDoubles(SiteKind kind, bool isRight, string format)
    {
        var decision = isRight ? new SitePlan(NumberFormat.Parse(format), null) : new SitePlan(null, NumberFormat.Parse(format));
        var plan = new Plan(Enumerable.Range(0, s_config.Layers).Select(layer => KeyValuePair.Create(new Site(layer, kind), decision)));
        using var source = TinyLlama.Weights(s_config);
        using var rounded = TinyLlama.Weights(s_config);
        foreach (var shape in s_config.Sites.Where(shape => shape.Site.HasWeight && plan[shape.Site].Weights is not null))
            rounded.Pack(LlamaConfig.WeightName(shape.Site), plan[shape.Site].Weights!);
        var tokens = TinyLlama.Tokens(s_config, 24);

        var ours = LlamaModel.Load(s_config, source).WithPlan(plan).CreateSession().Append(tokens, LogitRows.All).ToArray();

        var planned = Run(new PlainLlama(s_config, rounded, plan), tokens);
        var unplanned = Run(new PlainLlama(s_config, source, Plan.Empty), tokens);
        var effect = Distance(planned, unplanned);
        Assert.True(effect > 0, "the plan changes nothing");
        Assert.InRange(Distance(planned, ours), 0, effect / 10);
    }

    [Fact]
    public void Append_TokenParameterFormats_DoNotDependOnTheTokensBeside()
    {
        var plan = Plan.Uniform(s_config.Sites.Select(shape => shape.Site), NumberFormat.Parse("nvfp4"), NumberFormat.Parse("fixed6"));
        var model = TinyLlama.Model(s_config).WithPlan(plan);
        var tokens = TinyLlama.Tokens(s_config, 20);
        var session = model.CreateSession();
        var pieces = tokens.SelectMany(token => session.Append([token], LogitRows.All).ToArray());
        Assert.Equal(model.CreateSession().Append(tokens, LogitRows.All).ToArray(), pieces);
    }

    [Fact]
    public void WithPlan_Again_StartsFromTheStoredWeights()
    {
        var sites = s_config.Sites.Select(shape => shape.Site).ToList();
        var model = TinyLlama.Model(s_config);
        var direct = model.WithPlan(Plan.Uniform(sites, NumberFormat.Parse("bfp6:16"), null));
        var twice = model.WithPlan(Plan.Uniform(sites, NumberFormat.Parse("bfp3:16"), null)).WithPlan(direct.Plan);
        Assert.Equal(direct.CreateSession().Append([3, 4]).ToArray(), twice.CreateSession().Append([3, 4]).ToArray());
        Assert.Equal(
            model.CreateSession().Append([3, 4]).ToArray(), twice.WithPlan(Plan.Empty).CreateSession().Append([3, 4]).ToArray());
    }

    // 20 columns in blocks of 16: two blocks of 16 · 4 + 8 bits are 18 bytes; K and V, 2 kv heads, 2 layers, 5 tokens.
    [Fact]
    public void CacheBytes_Packed_AreThoseOfTheFormat()
    {
        var plan = Plan.Uniform(s_config.Sites.Select(shape => shape.Site), null, null, null, NumberFormat.Parse("bfp4:16"));
        var session = TinyLlama.Model(s_config).WithPlan(plan).CreateSession();
        session.Append([1, 2, 3, 4, 5]);
        Assert.Equal(18 * 2 * 2 * 2 * 5, session.CacheBytes);

        // Floats: 20 columns padded to 32.
        session = TinyLlama.Model(s_config).CreateSession();
        session.Append([1, 2, 3, 4, 5]);
        Assert.Equal(32 * 4 * 2 * 2 * 2 * 5, session.CacheBytes);
    }

    [Fact]
    public void Append_ActivationNotFinite_NamesTheSite()
    {
        using var source = TinyLlama.Weights(s_config);
        Array.Fill(source.Numbers("model.layers.1.input_layernorm.weight"), 3e38f);
        var plan = Plan.Uniform(s_config.Sites.Select(shape => shape.Site), null, NumberFormat.Parse("bfp6:16"));
        var failure = Assert.Throws<PithException>(() => LlamaModel.Load(s_config, source, plan).CreateSession().Append([1, 2]));
        Assert.Equal(ModelsErrors.NonFiniteActivation, failure.Error);
        Assert.StartsWith("layers.1.attn.", failure.Message, StringComparison.Ordinal);
    }

    private static double[] Run(PlainLlama model, int[] tokens) => [.. tokens.SelectMany(model.Append)];

    private static double Distance(double[] a, IReadOnlyList<float> b) => Distance(a, [.. b.Select(value => (double)value)]);

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
