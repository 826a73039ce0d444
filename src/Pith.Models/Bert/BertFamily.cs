namespace Pith.Models.Bert;

/// <summary>A member of the BERT family and the values its configuration has where a file is silent.</summary>
/// <remarks>Source: the configuration classes of github huggingface/transformers (BertConfig, RobertaConfig, XLMRobertaConfig, DistilBertConfig).</remarks>
/// <param name="ModelType">The <c>model_type</c>.</param>
/// <param name="ClassName">What the entries of <c>architectures</c> begin with.</param>
/// <param name="Keys">Names in its configuration.</param>
/// <param name="Names">Names of its tensors.</param>
/// <param name="VocabularySize">Default number of tokens.</param>
/// <param name="Types">Default number of segments; 0 for a model without.</param>
/// <param name="PadId">Default padding token.</param>
internal sealed record BertFamily(string ModelType, string ClassName, BertKeys Keys, BertNames Names, int VocabularySize, int Types, int PadId)
{
    /// <summary>Default width of the residual stream, for all.</summary>
    public const int HiddenSize = 768;

    /// <summary>Default width of the MLP, for all.</summary>
    public const int IntermediateSize = 3072;

    /// <summary>Default number of heads, for all.</summary>
    public const int Heads = 12;

    /// <summary>Default rows of the table of positions, for all.</summary>
    public const int Positions = 512;

    /// <summary>Default epsilon of the norms, for all; DistilBERT's configuration does not name it.</summary>
    public const float NormEpsilon = 1e-12f;

    /// <summary>Every member.</summary>
    public static readonly IReadOnlyList<BertFamily> All =
    [
        new("bert", "Bert", BertKeys.Bert, BertNames.Bert, 30522, 2, 0),
        new("roberta", "Roberta", BertKeys.Bert, BertNames.Roberta, 50265, 2, 1),
        new("xlm-roberta", "XLMRoberta", BertKeys.Bert, BertNames.Roberta, 30522, 2, 1),
        new("distilbert", "DistilBert", BertKeys.Distil, BertNames.Distil, 30522, 0, 0),
    ];

    private static readonly (string Ending, EncoderHead Head)[] s_heads =
    [
        ("Model", EncoderHead.None), ("ForSequenceClassification", EncoderHead.Sequence), ("ForTokenClassification", EncoderHead.Token),
        ("ForMaskedLM", EncoderHead.MaskedToken), ("ForPreTraining", EncoderHead.MaskedToken),
    ];

    /// <summary>Whether it is DistilBERT: half the blocks, no segments, no pooler.</summary>
    public bool IsDistil => ReferenceEquals(Names, BertNames.Distil);

    /// <summary>Whether positions are counted from behind the padding token's id, as RoBERTa does.</summary>
    public bool CountsFromPadding => ReferenceEquals(Names, BertNames.Roberta);

    /// <summary>Default number of blocks.</summary>
    public int Layers => IsDistil ? 6 : 12;

    /// <summary>The entries of <c>architectures</c> which are read.</summary>
    public IReadOnlyList<string> Architectures => [.. s_heads.Select(row => ClassName + row.Ending)];

    /// <summary>The member of a <c>model_type</c>.</summary>
    public static BertFamily Of(string modelType) => All.First(family => family.ModelType == modelType);

    /// <summary>The head which the entries of <c>architectures</c> name; none where they name none.</summary>
    public EncoderHead HeadOf(IReadOnlyList<string> architectures) =>
        Array.Find(s_heads, row => architectures.Contains(ClassName + row.Ending, StringComparer.Ordinal)).Head;

    /// <summary>The entry of <c>architectures</c> for a head.</summary>
    public string Architecture(EncoderHead head) => ClassName + Array.Find(s_heads, row => row.Head == head).Ending;
}
