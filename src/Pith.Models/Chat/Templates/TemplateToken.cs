namespace Pith.Models.Chat.Templates;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of strings, what they stand for.</param>
/// <param name="Place">Where it starts.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, SourcePlace Place)
{
    /// <summary>Whether it is a certain sign.</summary>
    public bool IsSign(string sign) => Kind == TemplateTokenKind.Sign && Text == sign;

    /// <summary>Whether it is a certain name.</summary>
    public bool IsName(string name) => Kind == TemplateTokenKind.Name && Text == name;

    /// <summary>How a message names it.</summary>
    public override string ToString() => Kind == TemplateTokenKind.End ? "the end" : $"'{Text}'";
}
