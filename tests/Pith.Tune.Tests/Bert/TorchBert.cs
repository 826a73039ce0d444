using Pith.Models.Bert;
using Pith.Models.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Pith.Tune.Tests.Bert;

/// <summary>BERT with a head for texts, of torch's own operations, on a padded batch with a mask as stock code runs it.</summary>
internal sealed class TorchBert(BertConfig config, ITensorSource source)
{
    /// <summary>The scores of the labels, [texts, labels].</summary>
    public float[] Scores(IReadOnlyList<EncoderInput> texts)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var longest = texts.Max(text => text.Tokens.Length);
        var ids = Padded(texts, text => text.Tokens.ToArray(), longest);
        var types = Padded(texts, text => text.Types.ToArray(), longest);
        var mask = Padded(texts, text => [.. Enumerable.Repeat(1, text.Tokens.Length)], longest);
        var x = Rows("bert.embeddings.word_embeddings.weight", ids)
            + Rows("bert.embeddings.position_embeddings.weight", arange(longest, int64)).unsqueeze(0)
            + Rows("bert.embeddings.token_type_embeddings.weight", types);
        x = Norm(x, "bert.embeddings.LayerNorm");

        // Scores of padding get the lowest float added, as stock models do.
        var hidden = ((1 - mask.to(float32)) * float.MinValue).unsqueeze(1).unsqueeze(1);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"bert.encoder.layer.{layer}.";
            var (q, k, v) = (Heads(Linear(x, prefix + "attention.self.query")), Heads(Linear(x, prefix + "attention.self.key")), Heads(Linear(x, prefix + "attention.self.value")));
            var weights = ((q.matmul(k.transpose(-1, -2)) / Math.Sqrt(config.HeadSize)) + hidden).softmax(-1);
            var mixed = weights.matmul(v).transpose(1, 2).reshape(texts.Count, longest, config.HiddenSize);
            x = Norm(x + Linear(mixed, prefix + "attention.output.dense"), prefix + "attention.output.LayerNorm");
            var inner = F.gelu(Linear(x, prefix + "intermediate.dense"));
            x = Norm(x + Linear(inner, prefix + "output.dense"), prefix + "output.LayerNorm");
        }

        var pooled = Linear(x[TensorIndex.Colon, 0], "bert.pooler.dense").tanh();
        return Linear(pooled, "classifier").contiguous().data<float>().ToArray();
    }

    private Tensor Rows(string table, Tensor ids) => Weight(table).index_select(0, ids.reshape(-1)).reshape([.. ids.shape, config.HiddenSize]);

    private Tensor Heads(Tensor rows) => rows.reshape(rows.shape[0], rows.shape[1], config.Heads, config.HeadSize).transpose(1, 2);

    private Tensor Linear(Tensor x, string name) => F.linear(x, Weight(name + ".weight"), Weight(name + ".bias"));

    private Tensor Norm(Tensor x, string name) =>
        F.layer_norm(x, [config.HiddenSize], Weight(name + ".weight"), Weight(name + ".bias"), config.NormEpsilon);

    private Tensor Weight(string name)
    {
        var entry = source.Tensors[name];
        var values = new float[entry.Elements];
        source.ReadFloats(name, 0, values);
        return tensor(values, [.. entry.Shape], float32);
    }

    private static Tensor Padded(IReadOnlyList<EncoderInput> texts, Func<EncoderInput, int[]> row, int longest) => stack(
        texts.Select(text => tensor([.. row(text).Concat(Enumerable.Repeat(0, longest)).Take(longest).Select(id => (long)id)], int64)).ToArray());
}
