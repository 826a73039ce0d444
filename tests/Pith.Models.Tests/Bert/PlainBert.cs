using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Models.Bert;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Tests.Bert;

/// <summary>The oracle: scalar, in double precision, from the descriptions of the models, one text alone; nothing is shared with the product but the
/// tensors and the codecs.</summary>
internal sealed class PlainBert(BertConfig config, ITensorSource source, Plan plan)
{
    private readonly bool isDistil = config.ModelType == "distilbert";
    private readonly bool isRoberta = config.ModelType is "roberta" or "xlm-roberta";

    /// <summary>The states of the last block, one row a token.</summary>
    public double[][] States(EncoderInput text)
    {
        var tokens = text.Tokens.ToArray();
        var trunk = config.Head == EncoderHead.None ? "" : isDistil ? "distilbert." : isRoberta ? "roberta." : "bert.";
        var x = tokens.Select((token, t) =>
        {
            var row = Add(
                Row(trunk + "embeddings.word_embeddings.weight", token, config.HiddenSize),
                Row(trunk + "embeddings.position_embeddings.weight", isRoberta ? t + 2 : t, config.HiddenSize));
            if (!isDistil)
                row = Add(row, Row(trunk + "embeddings.token_type_embeddings.weight", text.Types.IsEmpty ? 0 : text.Types.Span[t], config.HiddenSize));
            return Norm(row, trunk + "embeddings.LayerNorm");
        }).ToArray();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = trunk + (isDistil ? $"transformer.layer.{layer}." : $"encoder.layer.{layer}.");
            var mixed = Attention(layer, prefix, x);
            x = [.. x.Zip(mixed, (row, sum) => Norm(Add(row, sum), prefix + (isDistil ? "sa_layer_norm" : "attention.output.LayerNorm")))];
            x = [.. x.Select(row => Norm(Add(row, Mlp(layer, prefix, row)), prefix + (isDistil ? "output_layer_norm" : "output.LayerNorm")))];
        }

        return x;
    }

    /// <summary>The scores of the labels: of the text, or of all its tokens one behind the other.</summary>
    public double[] Scores(EncoderInput text)
    {
        var states = States(text);
        if (config.Head == EncoderHead.Token)
            return [.. states.SelectMany(row => Linear("classifier", config.Labels.Count, row))];
        if (isDistil)
            return Linear("classifier", config.Labels.Count, [.. Linear("pre_classifier", config.HiddenSize, states[0]).Select(value => Math.Max(value, 0))]);
        return isRoberta
            ? Linear("classifier.out_proj", config.Labels.Count, [.. Linear("classifier.dense", config.HiddenSize, states[0]).Select(Math.Tanh)])
            : Linear("classifier", config.Labels.Count, Pooled("bert.", states[0]));
    }

    /// <summary>tanh(W · x + b) of the first token.</summary>
    public double[] Pooled(string trunk, double[] first) => [.. Linear(trunk + "pooler.dense", config.HiddenSize, first).Select(Math.Tanh)];

    /// <summary>The scores of every token id at a place.</summary>
    public double[] Predict(double[] state)
    {
        var (dense, norm, matrix, bias) = isDistil ? ("vocab_transform", "vocab_layer_norm", "vocab_projector.weight", "vocab_projector.bias")
            : isRoberta ? ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder.weight", "lm_head.bias")
            : ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder.weight", "cls.predictions.bias");
        var prefix = isDistil ? "distilbert." : isRoberta ? "roberta." : "bert.";
        if (config.IsHeadTied)
            matrix = prefix + "embeddings.word_embeddings.weight";
        var inner = Norm([.. Linear(dense, config.HiddenSize, state).Select(value => isRoberta ? Gelu(value) : Activate(value))], norm);
        return Add([.. Enumerable.Range(0, config.VocabularySize).Select(id => Dot(Row(matrix, id, config.HiddenSize), inner))], Row(bias, 0, config.VocabularySize));
    }

    private double[][] Attention(int layer, string prefix, double[][] x)
    {
        var names = isDistil
            ? new[] { "attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin" }
            : ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"];
        var qk = plan[new Site(layer, SiteKind.AttnQk)];
        var av = plan[new Site(layer, SiteKind.AttnAv)];
        var rows = new[] { SiteKind.AttnQ, SiteKind.AttnK, SiteKind.AttnV }
            .Select((kind, i) => x.Select(row => Linear(prefix + names[i], config.HiddenSize, Rounded(plan[new Site(layer, kind)].Activations, row))).ToArray()).ToArray();
        return [.. x.Select((_, t) =>
        {
            var mixed = new List<double>();
            for (var head = 0; head < config.Heads; head++)
            {
                double[] Part(double[] row) => row[(head * config.HeadSize)..((head + 1) * config.HeadSize)];
                var query = Rounded(qk.Activations, Part(rows[0][t]));
                var scores = rows[1].Select(key => Dot(query, Rounded(qk.Weights, Part(key))) / Math.Sqrt(config.HeadSize)).ToArray();
                var total = scores.Sum(score => Math.Exp(score - scores.Max()));
                var p = Rounded(av.Activations, [.. scores.Select(score => Math.Exp(score - scores.Max()) / total)]);
                var seen = rows[2].Select(value => Rounded(av.Weights, Part(value))).ToArray();
                for (var c = 0; c < config.HeadSize; c++)
                    mixed.Add(p.Select((weight, j) => weight * seen[j][c]).Sum());
            }

            return Linear(prefix + names[3], config.HiddenSize, Rounded(plan[new Site(layer, SiteKind.AttnO)].Activations, [.. mixed]));
        })];
    }

    private double[] Mlp(int layer, string prefix, double[] row)
    {
        var inner = Linear(
            prefix + (isDistil ? "ffn.lin1" : "intermediate.dense"), config.IntermediateSize, Rounded(plan[new Site(layer, SiteKind.MlpFc1)].Activations, row));
        return Linear(
            prefix + (isDistil ? "ffn.lin2" : "output.dense"),
            config.HiddenSize,
            Rounded(plan[new Site(layer, SiteKind.MlpFc2)].Activations, [.. inner.Select(Activate)]));
    }

    private double Activate(double value) => config.Activation switch
    {
        MlpActivation.Relu => Math.Max(value, 0),
        MlpActivation.Gelu => Gelu(value),
        _ => value / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * value * value * value)))),
    };

    // Φ by Simpson's rule over the density from 0, 400 steps: good to 1e-10 for |x| < 8.
    private static double Gelu(double x)
    {
        const int Steps = 400;
        var width = x / Steps;
        var sum = 0.0;
        for (var i = 0; i <= Steps; i++)
            sum += (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-(i * width) * (i * width) / 2);
        return x * (0.5 + (sum * width / 3 / Math.Sqrt(2 * Math.PI)));
    }

    private double[] Linear(string name, int outputs, double[] input) => Add(
        [.. Enumerable.Range(0, outputs).Select(row => Dot(Row(name + ".weight", row, input.Length), input))], Row(name + ".bias", 0, outputs));

    private double[] Norm(double[] x, string name)
    {
        var mean = x.Average();
        var root = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + config.NormEpsilon);
        return Add([.. x.Select((value, i) => (value - mean) / root * Row(name + ".weight", 0, x.Length)[i])], Row(name + ".bias", 0, x.Length));
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

    private double[] Row(string name, int row, int columns)
    {
        var numbers = new float[columns];
        source.ReadFloats(name, (long)row * columns, numbers);
        return [.. numbers.Select(number => (double)number)];
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
