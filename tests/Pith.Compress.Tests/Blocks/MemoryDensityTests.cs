using Pith.Compress.Blocks;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Models.Llama;

namespace Pith.Compress.Tests.Blocks;

public sealed class MemoryDensityTests
{
    private static readonly LlamaConfig Even = new()
    {
        ModelType = "llama", HiddenSize = 128, IntermediateSize = 256, Layers = 2, Heads = 4, KvHeads = 2, HeadSize = 32,
        VocabularySize = 10, ContextLength = 64,
    };

    // The table of densities in the published specifications: 32 / (b + e/B) where every length is a multiple of the block.
    [Theory]
    [InlineData("fp32", 1.0)]
    [InlineData("bf16", 2.0)]
    [InlineData("fixed8.7", 4.0)]
    [InlineData("minifloat:e4m3", 4.0)]
    [InlineData("bfp8:16", 32 / 8.5)]
    [InlineData("bfp6:16", 32 / 6.5)]
    [InlineData("bfp5:16", 32 / 5.5)]
    [InlineData("bfp4:16", 32 / 4.5)]
    [InlineData("mxint8:32", 32 / 8.25)]
    [InlineData("mxfp6e2m3:32", 32 / 6.25)]
    [InlineData("mxfp4:32", 32 / 4.25)]
    public void Of_OneFormatEverywhere_IsTheFormatsOwn(string text, double expected)
    {
        var format = NumberFormat.Parse(text);
        var plan = Plan.Uniform(Even.Sites.Select(shape => shape.Site), format, format);
        Assert.Equal(expected, MemoryDensity.Of(Even, plan, tokens: 64), 1e-12);
    }

    [Fact]
    public void Of_EmptyPlan_IsOneAndHalfOfThatForTwoByteWeights()
    {
        Assert.Equal(1, MemoryDensity.Of(Even, Plan.Empty, tokens: 7));

        // Per block: q and o 128·128, k and v 64·128, gate, up and down 256·128 weights = 147,456; operands of one token:
        // q, k, v, gate, up 128 each, o 128, down 256, Q 128, K 64, P 4·1, V 64: 1,284. 16 bits for each of the weights.
        const double Values = 147_456 + 1_284;
        Assert.Equal(32 * Values / ((16 * 147_456) + (32 * 1_284)), MemoryDensity.Of(Even, Plan.Empty, tokens: 1, unquantizedWeightBits: 16), 1e-12);
    }

    [Fact]
    public void Of_RaggedEverything_CountsFullBlocksAndWholeBytes()
    {
        // One head of 6, hidden 6, intermediate 10, one token, bfp4:4 everywhere but fp32 probabilities.
        var config = Even with { HiddenSize = 6, IntermediateSize = 10, Layers = 1, Heads = 1, KvHeads = 1, HeadSize = 6 };
        var format = NumberFormat.Parse("bfp4:4");
        var plan = Plan.Uniform(config.Sites.Select(shape => shape.Site), format, format)
            .With(Plan.FromJson("""{"version":1,"sites":{"layers.0.attn.av":{"activations":"fp32"}}}"""u8.ToArray()));

        // A row of 6: 2 blocks of 4·4 + 8 bits = 48 bits; a row of 10: 3 blocks = 72 bits.
        const int Row6 = 48;
        const int Row10 = 72;
        var weightBits = (4 * 6 * Row6) + (2 * 10 * Row6) + (6 * Row10);
        var activationBits = (6 * Row6) + Row10 + (3 * Row6) + 32;
        const double Values = (4 * 36) + (3 * 60) + (6 * 6) + 10 + (3 * 6) + 1;
        Assert.Equal(32 * Values / (weightBits + activationBits), MemoryDensity.Of(config, plan, tokens: 1), 1e-12);
    }

    [Fact]
    public void Of_NoTokens_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => MemoryDensity.Of(Even, Plan.Empty, tokens: 0));
}
