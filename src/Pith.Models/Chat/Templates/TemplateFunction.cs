namespace Pith.Models.Chat.Templates;

/// <summary>A value that can be called.</summary>
/// <param name="Renderer">Who calls.</param>
/// <param name="Arguments">What it is called with.</param>
internal delegate object? TemplateFunction(Renderer Renderer, Arguments Arguments);
