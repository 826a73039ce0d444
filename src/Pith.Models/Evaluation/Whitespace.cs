namespace Pith.Models.Evaluation;

/// <summary>What happens to white space of a text before it is encoded.</summary>
public enum Whitespace
{
    /// <summary>It stays as it is.</summary>
    Keep,

    /// <summary>Every run of line ends becomes one line feed.</summary>
    CollapseNewlines,

    /// <summary>Every run of white space, line ends included, becomes one space.</summary>
    Collapse,
}
