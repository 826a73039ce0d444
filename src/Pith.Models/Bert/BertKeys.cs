namespace Pith.Models.Bert;

/// <summary>The members of a configuration which the members of the family call by different names.</summary>
internal sealed record BertKeys(string Hidden, string Intermediate, string Layers, string Heads, string Activation)
{
    /// <summary>Those of BERT and RoBERTa.</summary>
    public static BertKeys Bert { get; } = new("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "hidden_act");

    /// <summary>Those of DistilBERT.</summary>
    public static BertKeys Distil { get; } = new("dim", "hidden_dim", "n_layers", "n_heads", "activation");
}
