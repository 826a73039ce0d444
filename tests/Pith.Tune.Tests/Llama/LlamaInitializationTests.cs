using Pith.Tune.Llama;
using Pith.Tune.Pretraining;

namespace Pith.Tune.Tests.Llama;

public sealed class LlamaInitializationTests
{
    [Fact]
    public void Draw_SameSeed_SameWeights()
    {
        var first = LlamaInitialization.Draw(Toys.Config, 5);
        var second = LlamaInitialization.Draw(Toys.Config, 5);
        foreach (var (name, values) in first) Assert.Equal(values, second[name]);
        Assert.NotEqual(first["model.embed_tokens.weight"], LlamaInitialization.Draw(Toys.Config, 6)["model.embed_tokens.weight"]);
    }

    [Fact]
    public void Draw_Matrices_HaveTheStatedSpread()
    {
        var weights = LlamaInitialization.Draw(PithSizes.Of("pith-0.45m", 4096), 1);
        Assert.All(weights["model.norm.weight"], gain => Assert.Equal(1, gain));
        Check("model.embed_tokens.weight", 0.02);
        Check("model.layers.0.mlp.up_proj.weight", 0.02);
        Check("model.layers.3.self_attn.o_proj.weight", 0.02 / Math.Sqrt(8));
        Check("model.layers.3.mlp.down_proj.weight", 0.02 / Math.Sqrt(8));

        void Check(string name, double deviation)
        {
            var values = weights[name];
            // The standard error of a mean is σ/√n, that of σ itself σ/√(2n): five of them.
            Assert.Equal(0, values.Average(value => (double)value), 5 * deviation / Math.Sqrt(values.Length));
            Assert.Equal(deviation, Math.Sqrt(values.Average(value => (double)value * value)), 5 * deviation / Math.Sqrt(2.0 * values.Length));
        }
    }
}
