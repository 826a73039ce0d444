using Pith.Models.Llama;
using Pith.Tune.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Tests.Llama;

public sealed class TorchLlamaTests
{
    private static readonly int[] Ids = [0, 5, 17, 3, 3, 23, 11, 1, 9];

    // Weights of up to 0.5 and 24 inputs keep activations near 1; float32 sums of a few dozen such terms over two layers err by
    // some 1e-6 each, amplified by at most the ten or so steps of the depth.
    private const double Tolerance = 5e-5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Logits_AnyText_EqualTheFormulas(bool uneven)
    {
        var config = uneven ? Toys.Uneven : Toys.Config;
        var weights = Toys.Weights(config, 3);
        using var model = new TorchLlama(config, weights);
        var logits = model.Logits(Ids);
        var plain = new ScalarLlama(config, weights);
        for (var t = 0; t < Ids.Length; t++)
        {
            var expected = plain.LastLogits(Ids[..(t + 1)]);
            for (var v = 0; v < expected.Length; v++) Assert.Equal(expected[v], logits[t * config.VocabularySize + v], Tolerance);
        }
    }

    [Fact]
    public void Forward_BFloat16_StaysNearFloat32()
    {
        var weights = Toys.Weights(Toys.Config, 4);
        using var model = new TorchLlama(Toys.Config, weights);
        using var scope = NewDisposeScope();
        var ids = tensor(Ids.Select(id => (long)id).ToArray(), [1, Ids.Length], int64);
        var full = model.Forward(ids).data<float>().ToArray();
        var half = model.Forward(ids, MatmulPrecision.BFloat16).data<float>().ToArray();
        // bfloat16 keeps 8 bits: each product errs by 2^-9 of its size; the logits are a sum of 16 products of size about 0.5,
        // after some 14 rounded products in a row. The mean error stays below a twentieth of the logits' own size.
        var size = full.Average(value => Math.Abs(value));
        Assert.InRange(full.Zip(half, (a, b) => Math.Abs(a - b)).Average(), size * 1e-5, size * 0.05);
    }

    [Fact]
    public void Forward_Gradient_EqualsFiniteDifferences()
    {
        var weights = Toys.Weights(Toys.Uneven, 5);
        using var model = new TorchLlama(Toys.Uneven, weights, trainable: true);
        using var scope = NewDisposeScope();
        var ids = tensor(Ids.Select(id => (long)id).ToArray(), [1, Ids.Length], int64);
        var loss = nn.functional.cross_entropy(model.Forward(ids.narrow(1, 0, Ids.Length - 1)).view(-1, Toys.Vocabulary), ids.narrow(1, 1, Ids.Length - 1).view(-1));
        Tensor[] parameters = [.. model.Weights.Values];
        var gradients = autograd.grad([loss], parameters);
        var names = model.Weights.Keys.ToList();
        foreach (var (name, gradient) in names.Zip(gradients))
        {
            // The step along the gradient itself has the largest, hence best measured, change of loss: |g|² a unit.
            var g = gradient.data<float>().ToArray();
            var norm = Math.Sqrt(g.Sum(value => (double)value * value));
            const double step = 1e-3;
            double Along(double sign)
            {
                var moved = new Dictionary<string, float[]>(weights, StringComparer.Ordinal)
                {
                    [name] = [.. weights[name].Zip(g, (value, slope) => (float)(value + sign * step * slope / norm))],
                };
                return PlainLoss(moved);
            }
            if (norm < 1e-4) continue;
            var measured = (Along(1) - Along(-1)) / (2 * step);
            // Central differences err by step² times a third derivative of about 1, weights by their float32 rounding / step.
            Assert.Equal(norm, measured, 1e-3 * Math.Max(1, norm));
        }
    }

    [Fact]
    public void Constructor_MissingTensor_NamesIt()
    {
        var weights = Toys.Weights(Toys.Config, 1);
        weights.Remove("model.layers.1.mlp.up_proj.weight");
        var error = Assert.Throws<ArgumentException>(() => new TorchLlama(Toys.Config, weights));
        Assert.Contains("model.layers.1.mlp.up_proj.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_WrongSize_SaysBothSizes()
    {
        var weights = Toys.Weights(Toys.Config, 1);
        weights["model.norm.weight"] = new float[15];
        var error = Assert.Throws<ArgumentException>(() => new TorchLlama(Toys.Config, weights));
        Assert.Contains("expected 16 values, found 15", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_RotaryScaling_IsRefused() =>
        Assert.Throws<NotSupportedException>(() => new TorchLlama(
            Toys.Config with { RopeScaling = new RopeScaling(RopeScalingKind.Linear, 2) }, Toys.Weights(Toys.Config, 1)));

    [Fact]
    public void Forward_LongerThanContext_Throws()
    {
        using var model = new TorchLlama(Toys.Config, Toys.Weights(Toys.Config, 1));
        Assert.Throws<ArgumentException>(() => model.Logits(new int[17]));
    }

    [Fact]
    public void CountParameters_BundledSizes_AreWhatTheirNamesSay()
    {
        // Counted by hand: 4096·d + layers·(4·d² + 3·d·h + 2·d) + d.
        Assert.Equal(463_424, TorchLlama.CountParameters(Tune.Pretraining.PithSizes.Of("pith-0.45m", 4096)));
        Assert.Equal(3_443_136, TorchLlama.CountParameters(Tune.Pretraining.PithSizes.Of("pith-3.4m", 4096)));
    }

    private static double PlainLoss(IReadOnlyDictionary<string, float[]> weights)
    {
        var plain = new ScalarLlama(Toys.Uneven, weights);
        return Enumerable.Range(1, Ids.Length - 1).Average(t =>
        {
            var logits = plain.LastLogits(Ids[..t]);
            return Math.Log(logits.Sum(Math.Exp)) - logits[Ids[t]];
        });
    }
}
