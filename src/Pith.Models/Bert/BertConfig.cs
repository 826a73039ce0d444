using Pith.Core.Sites;
using Pith.Models.Blocks;
using Pith.Models.Checkpoints;

namespace Pith.Models.Bert;

/// <summary>The shape of an encoder of the BERT family: every token sees the whole text, learned positions, norms behind the residual sums, a plain MLP.</summary>
/// <remarks>BERT, RoBERTa, XLM-RoBERTa and DistilBERT belong to it. Sources: Devlin et al. 2018 (arXiv 1810.04805), Liu et al. 2019 (arXiv
/// 1907.11692), Sanh et al. 2019 (arXiv 1910.01108), and github huggingface/transformers. Immutable, hence thread-safe.</remarks>
public sealed record BertConfig : ModelConfig
{
    /// <summary>What stands behind the blocks.</summary>
    public EncoderHead Head { get; init; }

    /// <summary>The function of the MLP.</summary>
    public MlpActivation Activation { get; init; } = MlpActivation.Gelu;

    /// <summary>Rows of the table of positions. Those before <see cref="FirstPosition"/> belong to padding.</summary>
    public required int Positions { get; init; }

    /// <summary>Segments with an embedding of their own; 0 for a model without.</summary>
    public int Types { get; init; }

    /// <summary>Id of the padding token.</summary>
    public int PadId { get; init; }

    /// <summary>Whether a model without head has the pooler.</summary>
    public bool HasPooler { get; init; }

    /// <summary>Names of the labels of a head for texts or tokens, by their index.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether several labels of a text can be right at once: each is then a decision of its own.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>The row of the table of positions which the first token takes.</summary>
    public int FirstPosition => Family.CountsFromPadding ? PadId + 1 : 0;

    /// <inheritdoc/>
    public override IReadOnlyList<SiteShape> Sites => PlainLayer.Sites(this);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Tensors => BertTensors.Expected(this);

    /// <summary>Names and defaults of its kind.</summary>
    internal BertFamily Family => BertFamily.Of(ModelType);

    /// <inheritdoc/>
    public override string WeightNameOf(Site site) => BertTensors.WeightName(this, site);

    /// <inheritdoc/>
    public override string ToJson(TensorType type, bool isPacked = false) => BertConfigJson.Write(this, type, isPacked);

    internal override string HubName(string stored) => BertTensors.HubName(this, stored);

    // Only the tensors tell whether a model without head was saved with its pooler.
    internal override BertConfig FittedTo(IReadOnlyDictionary<string, TensorEntry> tensors) =>
        Head == EncoderHead.None ? this with { HasPooler = tensors.ContainsKey(BertTensors.Pooler + ".weight") } : this;
}
