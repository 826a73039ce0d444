namespace Pith.Models.Chat.Templates;

/// <summary>A value whose members a template may set, from inside loops too.</summary>
internal sealed class TemplateNamespace
{
    /// <summary>The members.</summary>
    public TemplateMap Members { get; } = new();
}
