using Pith.Kernels.Linear;
using Pith.Models.Blocks;

namespace Pith.Models.Bert;

/// <summary>What stands before and behind the blocks of an encoder.</summary>
/// <param name="Words">[vocabulary, hidden].</param>
/// <param name="Positions">[positions, hidden].</param>
/// <param name="Types">[types, hidden]; empty for a model without segments.</param>
/// <param name="Norm">The norm of the embeddings' sum.</param>
/// <param name="Dense">The first layer of the head, or the pooler; null where there is neither.</param>
/// <param name="DenseNorm">The norm behind it, of a head for masked tokens.</param>
/// <param name="Out">The last layer of the head; null for a model without.</param>
internal sealed record EncoderEnds(
    float[] Words, float[] Positions, float[] Types, NormWeights Norm, Affine? Dense, NormWeights? DenseNorm, Affine? Out)
{
    /// <summary>Bytes of all of them.</summary>
    public long Bytes(bool isHeadTied) => (4L * (Words.Length + Positions.Length + Types.Length)) + Norm.Bytes
        + (Dense?.Bytes ?? 0) + (DenseNorm?.Bytes ?? 0) + (isHeadTied ? 4L * Out!.Bias.Length : Out?.Bytes ?? 0);

    /// <summary>Reads them.</summary>
    public static EncoderEnds Read(TensorReader reader, BertConfig config)
    {
        var (hidden, names) = (config.HiddenSize, config.Family.Names);
        var words = reader.Numbers(BertTensors.Trunk(config, BertTensors.Words), config.VocabularySize, hidden);
        return new EncoderEnds(
            words,
            reader.Numbers(BertTensors.Trunk(config, BertTensors.Positions), config.Positions, hidden),
            config.Types > 0 ? reader.Numbers(BertTensors.Trunk(config, BertTensors.Types), config.Types, hidden) : [],
            NormWeights.Read(reader, BertTensors.Trunk(config, BertTensors.EmbeddingNorm), hidden),
            BertTensors.HeadDense(config) is { } dense ? Affine.Read(reader, dense, hidden, hidden) : null,
            config.Head == EncoderHead.MaskedToken ? NormWeights.Read(reader, names.MaskedNorm, hidden) : null,
            config.Head switch
            {
                EncoderHead.None => null,
                EncoderHead.MaskedToken => new Affine(
                    config.IsHeadTied
                        ? new DenseWeight(words, config.VocabularySize, hidden)
                        : reader.Weight(names.MaskedOut + ".weight", config.VocabularySize, hidden),
                    reader.Numbers(names.MaskedBias + ".bias", config.VocabularySize)),
                _ => Affine.Read(reader, BertTensors.LabelsOut(config), config.Labels.Count, hidden),
            });
    }
}
