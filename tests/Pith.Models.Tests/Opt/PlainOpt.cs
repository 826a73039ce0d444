using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Checkpoints;
using Pith.Models.Opt;

namespace Pith.Models.Tests.Opt;

/// <summary>The oracle: one token after the other, scalar, in double precision, from the description of the model; nothing is shared with the
/// product but the tensors and the codecs.</summary>
internal sealed class PlainOpt(OptConfig config, ITensorSource source, Plan plan)
{
    private readonly List<List<double[]>> keys = [.. Enumerable.Range(0, config.Layers).Select(_ => new List<double[]>())];
    private readonly List<List<double[]>> values = [.. Enumerable.Range(0, config.Layers).Select(_ => new List<double[]>())];
    private int position;

    public double[] Append(int token)
    {
        var x = Row("model.decoder.embed_tokens.weight", token, config.EmbeddingSize);
        if (config.EmbeddingSize != config.HiddenSize)
            x = Times("model.decoder.project_in.weight", config.HiddenSize, x);
        x = Add(x, Row("model.decoder.embed_positions.weight", position + 2, config.HiddenSize));
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.decoder.layers.{layer}.";
            x = Around(x, prefix + "self_attn_layer_norm", h => Attention(layer, prefix, h));
            x = Around(x, prefix + "final_layer_norm", h => Linear(
                layer, SiteKind.MlpFc2, prefix + "fc2", config.HiddenSize,
                [.. Linear(layer, SiteKind.MlpFc1, prefix + "fc1", config.IntermediateSize, h).Select(value => Math.Max(value, 0))]));
        }

        position++;
        if (config.NormsFirst)
            x = Norm(x, "model.decoder.final_layer_norm");
        if (config.EmbeddingSize != config.HiddenSize)
            x = Times("model.decoder.project_out.weight", config.EmbeddingSize, x);
        return Times(config.IsHeadTied ? "model.decoder.embed_tokens.weight" : "lm_head.weight", config.VocabularySize, x);
    }

    private double[] Around(double[] x, string norm, Func<double[], double[]> inner) =>
        config.NormsFirst ? Add(x, inner(Norm(x, norm))) : Norm(Add(x, inner(x)), norm);

    private double[] Attention(int layer, string prefix, double[] h)
    {
        var qk = plan[new Site(layer, SiteKind.AttnQk)];
        var av = plan[new Site(layer, SiteKind.AttnAv)];
        var q = Linear(layer, SiteKind.AttnQ, prefix + "self_attn.q_proj", config.HiddenSize, h);
        keys[layer].Add(Linear(layer, SiteKind.AttnK, prefix + "self_attn.k_proj", config.HiddenSize, h));
        values[layer].Add(Linear(layer, SiteKind.AttnV, prefix + "self_attn.v_proj", config.HiddenSize, h));
        var mixed = new List<double>();
        for (var head = 0; head < config.Heads; head++)
        {
            double[] Part(double[] row) => row[(head * config.HeadSize)..((head + 1) * config.HeadSize)];
            var query = Rounded(qk.Activations, Part(q));
            var scores = keys[layer].Select(key => Dot(query, Rounded(qk.Weights, Part(key))) / Math.Sqrt(config.HeadSize)).ToArray();
            var total = scores.Sum(score => Math.Exp(score - scores.Max()));
            var p = Rounded(av.Activations, [.. scores.Select(score => Math.Exp(score - scores.Max()) / total)]);
            var seen = values[layer].Select(value => Rounded(av.Weights, Part(value))).ToArray();
            for (var c = 0; c < config.HeadSize; c++)
                mixed.Add(p.Select((weight, t) => weight * seen[t][c]).Sum());
        }

        return Linear(layer, SiteKind.AttnO, prefix + "self_attn.out_proj", config.HiddenSize, [.. mixed]);
    }

    private double[] Linear(int layer, SiteKind kind, string name, int outputs, double[] input)
    {
        var product = Times(name + ".weight", outputs, Rounded(plan[new Site(layer, kind)].Activations, input));
        return config.HasBias ? Add(product, Row(name + ".bias", 0, outputs)) : product;
    }

    private double[] Norm(double[] x, string name)
    {
        var mean = x.Average();
        var root = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
        var unit = x.Select(value => (value - mean) / root).ToArray();
        return config.HasNormWeights
            ? Add([.. unit.Zip(Row(name + ".weight", 0, x.Length), (value, gain) => value * gain)], Row(name + ".bias", 0, x.Length))
            : unit;
    }

    private double[] Times(string name, int outputs, double[] x) =>
        [.. Enumerable.Range(0, outputs).Select(row => Dot(Row(name, row, x.Length), x))];

    private static double[] Rounded(NumberFormat? format, double[] row)
    {
        if (format is null)
            return row;
        var codec = FormatCodecs.For(format);
        var numbers = row.Select(value => (float)value).ToArray();
        codec.Round(numbers, numbers, codec.TensorParameter(numbers.Max(MathF.Abs)));
        return [.. numbers.Select(value => (double)value)];
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
