namespace Pith.Models.Bert;

/// <summary>What stands behind the blocks of an encoder.</summary>
public enum EncoderHead
{
    /// <summary>Nothing, or the pooler alone: the model gives hidden states.</summary>
    None,

    /// <summary>One score a label for each text, or pair of texts.</summary>
    Sequence,

    /// <summary>One score a label for each token.</summary>
    Token,

    /// <summary>One score a token id for each token: what stood at a masked place.</summary>
    MaskedToken,
}
