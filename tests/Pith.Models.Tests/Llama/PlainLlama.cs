using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Llama;

namespace Pith.Models.Tests.Llama;

/// <summary>The oracle: one token after the other, scalar, in double precision, straight from the papers' formulas; nothing is shared with
/// the product but the tensors and the codecs.</summary>
internal sealed class PlainLlama(LlamaConfig config, ITensorSource source, Plan plan)
{
    private readonly List<List<double[][]>> keys = [.. Enumerable.Range(0, config.Layers).Select(_ => new List<double[][]>())];
    private readonly List<List<double[][]>> values = [.. Enumerable.Range(0, config.Layers).Select(_ => new List<double[][]>())];
    private int position;

    public double[] Append(int token)
    {
        var x = Row("model.embed_tokens.weight", token, config.HiddenSize);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            x = Add(x, Attention(layer, Norm(x, prefix + "input_layernorm.weight")));
            var h = Norm(x, prefix + "post_attention_layernorm.weight");
            var gate = Linear(layer, SiteKind.MlpGate, h);
            var up = Linear(layer, SiteKind.MlpUp, h);
            x = Add(x, Linear(layer, SiteKind.MlpDown, [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]));
        }

        position++;
        x = Gained(x, "model.norm.weight");
        var head = config.IsHeadTied ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. Enumerable.Range(0, config.VocabularySize).Select(row => Dot(Row(head, row, config.HiddenSize), x))];
    }

    private double[] Attention(int layer, double[] h)
    {
        var qk = plan[new Site(layer, SiteKind.AttnQk)];
        var av = plan[new Site(layer, SiteKind.AttnAv)];
        var q = Heads(Linear(layer, SiteKind.AttnQ, h)).Select(Turn).Select(head => Rounded(qk.Activations, head)).ToArray();
        keys[layer].Add([.. Heads(Linear(layer, SiteKind.AttnK, h)).Select(Turn).Select(head => Rounded(qk.Weights, head))]);
        values[layer].Add([.. Heads(Linear(layer, SiteKind.AttnV, h)).Select(head => Rounded(av.Weights, head))]);
        var first = config.SlidingWindow is { } window ? Math.Max(0, position - window + 1) : 0;
        var mixed = new List<double>();
        for (var head = 0; head < config.Heads; head++)
        {
            var kv = head * config.KvHeads / config.Heads;
            var scores = Enumerable.Range(first, position + 1 - first)
                .Select(t => Dot(q[head], keys[layer][t][kv]) / Math.Sqrt(config.HeadSize)).ToArray();
            var total = scores.Sum(score => Math.Exp(score - scores.Max()));
            var p = Rounded(av.Activations, [.. scores.Select(score => Math.Exp(score - scores.Max()) / total)]);
            for (var c = 0; c < config.HeadSize; c++)
                mixed.Add(p.Select((weight, t) => weight * values[layer][first + t][kv][c]).Sum());
        }

        return Linear(layer, SiteKind.AttnO, [.. mixed]);
    }

    private IEnumerable<double[]> Heads(double[] row) => row.Chunk(config.HeadSize);

    private double[] Turn(double[] head)
    {
        var half = head.Length / 2;
        var result = new double[head.Length];
        for (var i = 0; i < half; i++)
        {
            var angle = position * Math.Pow(config.RopeTheta, -2.0 * i / head.Length);
            result[i] = (head[i] * Math.Cos(angle)) - (head[i + half] * Math.Sin(angle));
            result[i + half] = (head[i + half] * Math.Cos(angle)) + (head[i] * Math.Sin(angle));
        }

        return result;
    }

    private double[] Linear(int layer, SiteKind kind, double[] input)
    {
        var site = new Site(layer, kind);
        var (_, outputs, inputs) = config.Sites.Single(shape => shape.Site == site);
        var name = LlamaConfig.WeightName(site);
        if (config.IsBitLinear)
            input = Bit(input);
        input = Rounded(plan[site].Activations, input);
        var bias = name.Replace(".weight", ".bias", StringComparison.Ordinal);
        var result = Enumerable.Range(0, outputs).Select(row => Dot(Row(name, row, inputs), input));
        return source.Tensors.ContainsKey(bias) ? [.. result.Zip(Row(bias, 0, outputs), (y, b) => y + b)] : [.. result];
    }

    private static double[] Bit(double[] x)
    {
        var norm = Math.Sqrt(x.Sum(value => value * value));
        var z = x.Select(value => value / norm / Math.Sqrt(x.Length)).ToArray();
        var scale = 127 / z.Max(Math.Abs);
        return [.. z.Select(value => Math.Round(value * scale, MidpointRounding.ToEven) / scale)];
    }

    private static double[] Rounded(NumberFormat? format, double[] row)
    {
        if (format is null)
            return row;
        var codec = FormatCodecs.For(format);
        var numbers = row.Select(value => (float)value).ToArray();
        codec.Round(numbers, numbers, codec.TensorParameter(numbers.Max(MathF.Abs)));
        return [.. numbers.Select(value => (double)value)];
    }

    private double[] Norm(double[] x, string gain) => config.IsBitLinear ? x : Gained(x, gain);

    private double[] Gained(double[] x, string gain)
    {
        var root = Math.Sqrt((x.Sum(value => value * value) / x.Length) + config.NormEpsilon);
        return [.. x.Zip(Row(gain, 0, x.Length), (value, g) => value / root * g)];
    }

    private double[] Row(string name, int row, int columns)
    {
        var numbers = new float[columns];
        source.ReadFloats(name, (long)row * columns, numbers);
        return [.. numbers.Select(number => (double)number)];
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
