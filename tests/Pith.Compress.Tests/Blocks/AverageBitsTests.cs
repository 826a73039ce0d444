using Pith.Compress.Blocks;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Models.Llama;

namespace Pith.Compress.Tests.Blocks;

public sealed class AverageBitsTests
{
    private static readonly LlamaConfig Config = new()
    {
        ModelType = "llama", HiddenSize = 32, IntermediateSize = 64, Layers = 1, Heads = 2, KvHeads = 1, HeadSize = 16,
        VocabularySize = 10, ContextLength = 64,
    };

    [Theory]
    [InlineData("bfp6:16", 6.5)]
    [InlineData("mxfp4:32", 4.25)]
    [InlineData("mxint8:32", 8.25)]
    [InlineData("fixed8.7", 8)]
    [InlineData("bf16", 16)]
    public void Of_WholeBlocks_IsTheFormatsOwn(string text, double expected) =>
        Assert.Equal(expected, AverageBits.Of(Config, Uniform(text))!.Value, 1e-12);

    [Fact]
    public void Of_RaggedBlocks_CountsThemFull()
    {
        // Rows of 32 are 2 blocks of 20, rows of 64 are 4: 6 bits an element and 8 a block.
        const int Row32 = 2 * ((20 * 6) + 8);
        const int Row64 = 4 * ((20 * 6) + 8);
        var rows32 = 32 + 16 + 16 + 32 + 64 + 64;
        Assert.Equal(((rows32 * Row32) + (32.0 * Row64)) / ((rows32 * 32) + (32 * 64)), AverageBits.Of(Config, Uniform("bfp6:20"))!.Value, 1e-12);
    }

    [Fact]
    public void Of_TensorScale_IsCounted()
    {
        var weights = (32 * 32 * 2) + (16 * 32 * 2) + (64 * 32 * 3);
        Assert.Equal(4.5 + (7 * 32.0 / weights), AverageBits.Of(Config, Uniform("nvfp4"))!.Value, 1e-12);
    }

    [Fact]
    public void Of_SomeSites_CountsThoseWithAFormatAndWideOnesToo()
    {
        var plan = Plan.FromJson("""
            {"version":1,"sites":{"layers.0.mlp.down":{"weights":"bfp6:16"},"layers.0.attn.q":{"weights":"fp32"},
            "layers.0.attn.k":{"activations":"bfp4:16"},"layers.0.attn.qk":{"weights":"bfp4:16"}}}
            """u8.ToArray());
        Assert.Equal(((6.5 * 64 * 32) + (32 * 32 * 32)) / ((64 * 32) + (32 * 32)), AverageBits.Of(Config, plan)!.Value, 1e-12);
    }

    [Fact]
    public void Of_NoWeights_IsNothing() => Assert.Null(AverageBits.Of(Config, Plan.Uniform(Config.Sites.Select(shape => shape.Site), null, NumberFormat.Parse("bfp6:16"))));

    private static Plan Uniform(string text) =>
        Plan.Uniform(Config.Sites.Select(shape => shape.Site), NumberFormat.Parse(text), NumberFormat.Parse(text));
}
