using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Evaluation;
using Pith.Models.Evaluation.Boundaries;
using Pith.TestKit;

namespace Pith.Models.Tests.Evaluation.Boundaries;

public sealed class BoundaryEvaluatorTests
{
    private const int Layers = 4;

    private static readonly Plan Low = Uniform("mxint4:16");

    // One longer than a chunk of the session, one with context that is not scored, one of a single prediction.
    private static readonly EvaluationWindow[] Windows =
    [
        new(TinyLlama.Tokens(TinyLlama.Config, 300, 7), 1, 299),
        new(TinyLlama.Tokens(TinyLlama.Config, 40, 9), 33, 7),
        new(TinyLlama.Tokens(TinyLlama.Config, 2, 8), 1, 1),
    ];

    public static TheoryData<string, long> Cases => new()
    {
        { "llama", BoundaryEvaluator.DefaultMemoryBytes },
        { "llama", 120_000 }, // logits do not fit, half of the boundaries do
        { "llama", 1 },       // nothing fits
        { "opt", BoundaryEvaluator.DefaultMemoryBytes },
        { "opt", 120_000 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Measure_VariantFromAnyBlockOn_HasTheBitsOfPerplexity(string family, long memoryBytes)
    {
        var model = Model(family);
        var evaluator = new BoundaryEvaluator(model, Windows, memoryBytes);
        var all = Perplexity.Measure(model, Windows);
        Assert.Equal(all.TotalNll, evaluator.Reference.TotalNll, 1e-9 * all.TotalNll);
        Assert.Equal(0, evaluator.Reference.Kl.Value);
        Assert.Equal(1, evaluator.Passes);

        for (var layer = 0; layer < Layers; layer++)
        {
            var variant = model.WithPlan(new Plan(Low.Sites.Where(site => site.Key.Layer == layer)));
            Same(Perplexity.Measure(variant, Windows, model), evaluator.Measure(variant));
        }
    }

    [Fact]
    public void Measure_AfterAnAnchor_ResumesWhereItDiffersFromIt()
    {
        var model = Model("llama");
        var low = model.WithPlan(Low);
        var evaluator = new BoundaryEvaluator(model, Windows);
        var before = evaluator.Measure(low, isAnchor: true);
        Assert.Equal(1, before.Passes);

        // The last boundary is not kept, so one block of four is run.
        Assert.Equal(0.25, evaluator.Measure(low).Passes);

        // The same weights below block 2, so that only half is run again.
        var restored = low.WithPlan(new Plan(Low.Sites.Where(site => site.Key.Layer < 2)));
        var plain = evaluator.Measure(restored);
        Same(Perplexity.Measure(restored, Windows, model), plain);
        Assert.InRange(plain.Passes, 0, 1);
    }

    [Fact]
    public void Measure_EveryOtherWindow_IsTheScoreOfThoseAtTheirShareOfTheCost()
    {
        var model = Model("llama");
        var variant = model.WithPlan(Low);
        var evaluator = new BoundaryEvaluator(model, Windows);
        var part = evaluator.Measure(variant, every: 2);
        Same(Perplexity.Measure(variant, [Windows[0], Windows[2]], model), part);
        Assert.Equal(300.0 / 339, part.Passes, 1e-12);
        Assert.Equal(1 + (300.0 / 339), evaluator.Passes, 1e-12);
    }

    [Fact]
    public void Measure_AnyThreads_GivesTheSameBits()
    {
        var model = Model("llama");
        var variant = model.WithPlan(new Plan(Low.Sites.Where(site => site.Key.Layer == 2)));
        var one = new BoundaryEvaluator(model, Windows, workers: Workers.Single).Measure(variant);
        var four = new BoundaryEvaluator(model, Windows, workers: new Workers(4)).Measure(variant);
        Assert.Equal(one, four);
        Assert.Equal(0.5, one.Passes);
    }

    [Fact]
    public void Measure_AnotherShape_IsRefused()
    {
        var evaluator = new BoundaryEvaluator(Model("llama"), Windows);
        Assert.Throws<ArgumentException>(() => evaluator.Measure(TinyLlama.Model()));
        Assert.Throws<ArgumentException>(() => evaluator.Measure(Model("llama"), every: 2, isAnchor: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryEvaluator(Model("llama"), []));
    }

    private static void Same(PerplexityResult expected, BoundaryScore found)
    {
        Assert.Equal(expected.Tokens, found.Tokens);

        // Logits have the same bits; sums of a few hundred doubles are made in another order.
        Assert.Equal(expected.TotalNll, found.TotalNll, 1e-12 * expected.TotalNll);
        Assert.Equal(expected.Kl!.Value, found.Kl.Value, 1e-12);
        Assert.Equal(expected.Reference!.Kl.StandardError, found.Kl.StandardError, 1e-9);
    }

    private static Plan Uniform(string format) => new(Enumerable.Range(0, Layers).SelectMany(layer => Enum.GetValues<SiteKind>()
        .Select(kind => KeyValuePair.Create(new Site(layer, kind), new SitePlan(NumberFormat.Parse(format), NumberFormat.Parse("mxint8:16"))))));

    private static CausalModel Model(string family)
    {
        if (family == "llama")
            return TinyLlama.Model(TinyLlama.Config with { Layers = Layers, ContextLength = 512 });
        var config = TinyOpt.Config with { Layers = Layers, ContextLength = 512 };
        using var source = TinyOpt.Weights(config);
        return CausalModel.Load(config, source);
    }
}
