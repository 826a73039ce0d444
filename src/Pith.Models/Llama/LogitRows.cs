namespace Pith.Models.Llama;

/// <summary>Which positions' logits are wanted.</summary>
public enum LogitRows
{
    /// <summary>None: the tokens only enter the cache.</summary>
    None,

    /// <summary>Those after the last token.</summary>
    Last,

    /// <summary>Those after every token.</summary>
    All,
}
