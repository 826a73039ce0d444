using Pith.Models.Llama;

namespace Pith.Tune.Tests.Llama;

/// <summary>The Llama architecture written out number by number in doubles, from the formulas of the papers.</summary>
internal sealed class ScalarLlama(LlamaConfig config, IReadOnlyDictionary<string, float[]> weights)
{
    /// <summary>Logits after the last of some tokens.</summary>
    public double[] LastLogits(IReadOnlyList<int> ids)
    {
        var rows = ids.Select(id => weights["model.embed_tokens.weight"].Skip(id * config.HiddenSize).Take(config.HiddenSize)
            .Select(value => (double)value).ToArray()).ToList();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var mixed = Attend([.. rows.Select(row => Norm(row, prefix + "input_layernorm.weight"))], prefix + "self_attn.");
            for (var t = 0; t < rows.Count; t++)
            {
                rows[t] = Sum(rows[t], mixed[t]);
                rows[t] = Sum(rows[t], Mlp(Norm(rows[t], prefix + "post_attention_layernorm.weight"), prefix + "mlp."));
            }
        }
        return Product(Norm(rows[^1], "model.norm.weight"), config.IsHeadTied ? "model.embed_tokens" : "lm_head");
    }

    /// <summary>Zhang and Sennrich 2019: x_i · g_i / √(mean(x²) + ε).</summary>
    private double[] Norm(double[] x, string name)
    {
        var root = Math.Sqrt(x.Select(value => value * value).Average() + config.NormEpsilon);
        return [.. x.Zip(weights[name], (value, gain) => value * gain / root)];
    }

    /// <summary>Shazeer 2020: W_down (silu(W_gate x) ⊙ W_up x).</summary>
    private double[] Mlp(double[] x, string prefix) =>
        Product([.. Product(x, prefix + "gate_proj").Zip(Product(x, prefix + "up_proj"), (gate, up) => gate / (1 + Math.Exp(-gate)) * up)],
            prefix + "down_proj");

    private List<double[]> Attend(IReadOnlyList<double[]> rows, string prefix)
    {
        var q = rows.Select((row, t) => Rotate(Product(row, prefix + "q_proj"), t)).ToList();
        var k = rows.Select((row, t) => Rotate(Product(row, prefix + "k_proj"), t)).ToList();
        var v = rows.Select(row => Product(row, prefix + "v_proj")).ToList();
        var (size, group) = (config.HeadSize, config.Heads / config.KvHeads);
        return [.. Enumerable.Range(0, rows.Count).Select(t =>
        {
            var mixed = new double[config.Heads * size];
            for (var head = 0; head < config.Heads; head++)
            {
                var source = head / group;
                var scores = Enumerable.Range(0, t + 1).Select(s =>
                    Enumerable.Range(0, size).Sum(i => q[t][head * size + i] * k[s][source * size + i]) / Math.Sqrt(size)).ToArray();
                var powers = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var i = 0; i < size; i++)
                    mixed[head * size + i] = Enumerable.Range(0, t + 1).Sum(s => powers[s] * v[s][source * size + i]) / powers.Sum();
            }
            return Product(mixed, prefix + "o_proj");
        })];
    }

    /// <summary>Su et al. 2021, with the pairs (i, i + half): a turn by t · θ^(-2i/size).</summary>
    private double[] Rotate(double[] x, int position)
    {
        var half = config.HeadSize / 2;
        var turned = new double[x.Length];
        for (var head = 0; head < x.Length; head += config.HeadSize)
        {
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * Math.Pow(config.RopeTheta, -2.0 * i / config.HeadSize));
                turned[head + i] = x[head + i] * cos - x[head + i + half] * sin;
                turned[head + i + half] = x[head + i + half] * cos + x[head + i] * sin;
            }
        }
        return turned;
    }

    private double[] Product(double[] x, string name)
    {
        var matrix = weights[name + ".weight"];
        var bias = weights.GetValueOrDefault(name + ".bias");
        return [.. Enumerable.Range(0, matrix.Length / x.Length).Select(row =>
            x.Select((value, i) => value * matrix[row * x.Length + i]).Sum() + (bias?[row] ?? 0))];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (left, right) => left + right)];
}
