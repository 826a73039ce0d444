using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models.Checkpoints.Gguf;
using Pith.TestKit;

namespace Pith.Models.Tests.Checkpoints.Gguf;

public sealed class TensorTypeListTests
{
    [Theory]
    [InlineData("q4_0", 256, "q4_0")]
    [InlineData("q6_k", 256, "q6_k")]
    [InlineData("bf16", 256, "bf16")]
    [InlineData("mxfp4:32", 256, "mxfp4")]
    [InlineData("mxint3:16", 256, "q3_k")] // 3.5 bits
    [InlineData("mxint4:16", 256, "q4_k")] // 4.5
    [InlineData("mxint6:16", 256, "q6_k")] // 6.5
    [InlineData("mxint8:16", 256, "q8_0")] // 8.5
    [InlineData("mxint4:16", 96, "q4_0")]  // no super-blocks
    [InlineData("mxint6:16", 96, "q5_0")]  // 6.5 lies 1.0 from q5_0, 2.0 from q8_0
    public void TryWrite_Format_NamesTheTypeNearestInBits(string format, int width, string type)
    {
        var config = TinyLlama.Config with { HiddenSize = width, IntermediateSize = width, Heads = 4, KvHeads = 4, HeadSize = width / 4 };
        var plan = new Plan([KeyValuePair.Create(Site.Parse("layers.1.mlp.down"), new SitePlan(NumberFormat.Parse(format), null))]);
        Assert.Equal($"blk\\.1\\.ffn_down\\.weight={type}\n", TensorTypeList.TryWrite(config, plan));
    }

    [Fact]
    public void TryWrite_WholePlan_HasALineForEveryWeight()
    {
        var plan = Plan.Uniform(TinyLlama.Config.Sites.Select(shape => shape.Site), NumberFormat.Parse("bf16"), null);
        var lines = TensorTypeList.TryWrite(TinyLlama.Config, plan)!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(14, lines.Length);
        Assert.Equal(@"blk\.0\.attn_q\.weight=bf16", lines[0]);
    }
}
