using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Kernels.Linear;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

public sealed class PackedExecutionTests
{
    private static readonly int[] s_tokens = [1, 5, 9, 33, 7, 60, 2, 18, 44, 3];

    public static TheoryData<string, string> Formats()
    {
        var formats = new TheoryData<string, string>();
        string[] weights =
        [
            "bfp6:16", "bfp4:16", "mxint8:32", "mxint6:16", "mxint4:16", "mxint3:16", "mxfp8e4m3:32", "mxfp6e2m3:32", "mxfp6e3m2:32", "mxfp4:32",
            "nvfp4", "bmf8:16", "bl8:16", "minifloat:e4m3", "dmf:e4m3", "fixed8.7", "fixed8", "bf16",
        ];
        foreach (var weight in weights)
        {
            formats.Add(weight, weight);
            formats.Add(weight, "mxint8:16");
            formats.Add(weight, "fp32");
        }

        return formats;
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Append_PackedWeights_AgreeWithEmulation(string weights, string activations)
    {
        var config = TinyLlama.Config;
        var plan = Plan.Uniform(config.Sites.Select(shape => shape.Site), NumberFormat.Parse(weights), NumberFormat.Parse(activations));
        using var plain = TinyLlama.Weights(config);
        using var packed = TinyLlama.Weights(config);
        foreach (var site in config.Sites.Where(shape => shape.Site.HasWeight))
            packed.Pack(LlamaConfig.WeightName(site.Site), NumberFormat.Parse(weights));

        var emulated = LlamaModel.Load(config, plain, plan);
        var executed = LlamaModel.Load(config, packed, plan);
        Assert.All(emulated.Layers.SelectMany(layer => layer.Weights), weight => Assert.IsType<DenseWeight>(weight));
        Assert.All(executed.Layers.SelectMany(layer => layer.Weights), weight => Assert.IsNotType<DenseWeight>(weight));
        var expected = emulated.CreateSession().Append(s_tokens, LogitRows.All).ToArray();
        var actual = executed.CreateSession().Append(s_tokens, LogitRows.All).ToArray();

        // Products differ by the order of at most 50 binary32 additions: 50 · 2^-24 of the sum of magnitudes, through
        // two layers of seven products each. No activation of this text lies so close to a tie that it rounds the other way.
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], largest * 14 * 50 * Math.ScaleB(1, -24));
    }

    [Fact]
    public void Load_IntegerFormatsOnBothSides_UsesIntegerProducts()
    {
        var config = TinyLlama.Config;
        using var packed = TinyLlama.Weights(config);
        foreach (var site in config.Sites.Where(shape => shape.Site.HasWeight))
            packed.Pack(LlamaConfig.WeightName(site.Site), NumberFormat.Parse("mxint4:16"));
        var plan = Plan.Uniform(config.Sites.Select(shape => shape.Site), NumberFormat.Parse("mxint4:16"), NumberFormat.Parse("mxint8:16"));
        var model = LlamaModel.Load(config, packed, plan);
        Assert.All(model.Layers.SelectMany(layer => layer.Weights), weight => Assert.IsType<InterleavedWeight>(weight));
    }

    [Theory]
    [InlineData("mxint8:16", "mxint8:16")]
    [InlineData("mxint4:16", "bfp6:16")]
    [InlineData("mxint4:16", "fp32")]
    public void WithPlan_AfterWeightsWereRelaidFromTheFile_GivesTheBitsOfThePackedOnes(string weights, string activations)
    {
        var config = TinyLlama.Config;
        var sites = config.Sites.Select(shape => shape.Site).ToList();
        using var packed = TinyLlama.Weights(config);
        foreach (var site in config.Sites.Where(shape => shape.Site.HasWeight))
            packed.Pack(LlamaConfig.WeightName(site.Site), NumberFormat.Parse("mxint4:16"));
        var relaid = LlamaModel.Load(config, packed, Plan.Uniform(sites, NumberFormat.Parse("mxint4:16"), NumberFormat.Parse("mxint8:16")));
        var kept = LlamaModel.Load(config, packed);
        Assert.All(kept.Layers.SelectMany(layer => layer.Weights), weight => Assert.IsType<PackedWeight>(weight));

        var plan = Plan.Uniform(sites, NumberFormat.Parse(weights), NumberFormat.Parse(activations));
        Assert.Equal(
            kept.WithPlan(plan).CreateSession().Append(s_tokens, LogitRows.All).ToArray(),
            relaid.WithPlan(plan).CreateSession().Append(s_tokens, LogitRows.All).ToArray());
    }
}
