namespace Pith.Models.Bert;

/// <summary>How one vector is made of the hidden states of a text's tokens.</summary>
public enum EncoderPooling
{
    /// <summary>Their mean, special tokens included.</summary>
    Mean,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>tanh(W · x + b) of the first token's, with the weights that the model was pre-trained with.</summary>
    Pooler,
}
