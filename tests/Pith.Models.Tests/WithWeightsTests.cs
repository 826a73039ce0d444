using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Linear;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests;

public sealed class WithWeightsTests
{
    private static readonly Site Up = Site.Parse("layers.1.mlp.up");

    [Fact]
    public void WithWeights_TheSameNumbers_GiveTheSameLogits()
    {
        var model = TinyLlama.Model();
        using var source = TinyLlama.Weights(TinyLlama.Config);
        Assert.Equal(Logits(model), Logits(model.WithWeights(Plan.Empty, Given(Dense(source, Up)))));
    }

    // A rank-1 correction of zero columns changes nothing; one that is not zero does.
    [Fact]
    public void WithWeights_ACorrection_RunsInsideTheModel()
    {
        var model = TinyLlama.Model();
        using var source = TinyLlama.Weights(TinyLlama.Config);
        var weight = Dense(source, Up);
        LowRankWeight Corrected(float value) => new(
            weight,
            new DenseWeight(Enumerable.Repeat(value, weight.Inputs).ToArray(), 1, weight.Inputs),
            new DenseWeight(Enumerable.Repeat(1f, weight.Outputs).ToArray(), weight.Outputs, 1));
        Assert.Equal(Logits(model), Logits(model.WithWeights(Plan.Empty, Given(Corrected(0)))));
        Assert.NotEqual(Logits(model), Logits(model.WithWeights(Plan.Empty, Given(Corrected(0.1f)))));
    }

    [Fact]
    public void WithWeights_OtherSites_FollowThePlan()
    {
        var model = TinyLlama.Model();
        using var source = TinyLlama.Weights(TinyLlama.Config);
        var plan = Plan.Uniform(TinyLlama.Config.Sites.Select(shape => shape.Site), NumberFormat.Parse("mxint4:16"), null);
        var kept = new Plan(plan.Sites.Where(entry => entry.Key != Up));
        Assert.Equal(Logits(model.WithPlan(kept)), Logits(model.WithWeights(plan, Given(Dense(source, Up)))));
    }

    [Fact]
    public void WithWeights_WrongSiteOrShape_IsRefused()
    {
        var model = TinyLlama.Model();
        var weight = new DenseWeight(new float[6], 2, 3);
        Assert.Throws<ArgumentException>(() => model.WithWeights(Plan.Empty, Given(weight)));
        Assert.Throws<ArgumentException>(() => model.WithWeights(
            Plan.Empty, new Dictionary<Site, LinearWeight> { [Site.Parse("layers.0.attn.qk")] = weight }));
    }

    [Fact]
    public void WithPlan_CorrectionThatIsNotStored_IsACodedError()
    {
        var plan = new Plan([KeyValuePair.Create(Up, new SitePlan(null, null, new LowRankPlan(2, null)))]);
        var error = Assert.Throws<PithException>(() => TinyLlama.Model().WithPlan(plan));
        Assert.Same(ModelsErrors.NoLowRank, error.Error);
        Assert.Contains("layers.1.mlp.up", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<Site, LinearWeight> Given(LinearWeight weight) => new() { [Up] = weight };

    private static DenseWeight Dense(MemoryTensorSource source, Site site)
    {
        var entry = source.Tensors[LlamaConfig.WeightName(site)];
        var values = new float[entry.Elements];
        source.ReadFloats(entry.Name, 0, values);
        return new DenseWeight(values, (int)entry.Rows, entry.Columns);
    }

    private static float[] Logits(CausalModel model) =>
        model.CreateSession().Append(TinyLlama.Tokens(TinyLlama.Config, 7)).ToArray();
}
