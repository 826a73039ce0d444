using Pith.Tune.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Step_TwoSteps_FollowTheFormula()
    {
        // Loshchilov and Hutter 2019, algorithm 2, in doubles; the norm of the gradient stays below the clip.
        float[] matrix = [0.5f, -1f, 2f, 0.25f];
        float[] gain = [1f, -3f];
        float[][] gradients = [[0.1f, -0.2f, 0.3f, 0.05f, 0.01f, 0.4f], [-0.1f, -0.2f, 0.1f, 0.2f, 0.3f, -0.1f]];
        var options = Toys.Options() with { WeightDecay = 0.1 };
        using var scope = NewDisposeScope();
        Tensor[] weights = [tensor(matrix, [2, 2], float32), tensor(gain, [2], float32)];
        using var optimizer = new AdamW(weights, options);
        var expected = matrix.Concat(gain).Select(value => (double)value).ToArray();
        var (first, second) = (new double[6], new double[6]);
        for (var t = 1; t <= 2; t++)
        {
            var g = gradients[t - 1];
            // Two micro-batches of which the mean is the gradient.
            Tensor[][] parts = [Parts(g, 1.5f), Parts(g, 0.5f)];
            optimizer.Step(parts, t, 0.01, 1);
            for (var i = 0; i < 6; i++)
            {
                first[i] = 0.9 * first[i] + 0.1 * g[i];
                second[i] = 0.95 * second[i] + 0.05 * g[i] * g[i];
                var update = first[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.95, t))) + 1e-8);
                expected[i] -= 0.01 * (update + (i < 4 ? 0.1 * expected[i] : 0));
            }
        }
        var actual = weights.SelectMany(weight => weight.data<float>().ToArray()).ToArray();
        // A dozen float32 operations on numbers of at most 3: 12 · 3 · 2^-24.
        for (var i = 0; i < 6; i++) Assert.Equal(expected[i], actual[i], 2.2e-6);
    }

    [Fact]
    public void Step_LargeGradient_IsClippedToTheNorm()
    {
        using var scope = NewDisposeScope();
        Tensor[] weights = [zeros([2, 2])];
        using var optimizer = new AdamW(weights, Toys.Options());
        optimizer.Step([[tensor(new float[] { 30, 0, 40, 0 }, [2, 2], float32)]], 1, 0.01, 1);
        // Norm 50 becomes 1: the first moment is 0.1 · (0.6, 0, 0.8, 0).
        var moment = optimizer.Read()[1];
        Assert.Equal(0.06, moment[0], 1e-7);
        Assert.Equal(0.08, moment[2], 1e-7);
    }

    private static Tensor[] Parts(float[] gradient, float scale)
    {
        var scaled = gradient.Select(value => value * scale).ToArray();
        return [tensor(scaled[..4], [2, 2], float32), tensor(scaled[4..], [2], float32)];
    }
}
