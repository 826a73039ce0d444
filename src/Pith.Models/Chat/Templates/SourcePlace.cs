using Pith.Core.Diagnostics;

namespace Pith.Models.Chat.Templates;

/// <summary>A place in a template.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
internal readonly record struct SourcePlace(int Line, int Column)
{
    /// <summary>An error in how the template is written.</summary>
    public PithException Malformed(string problem) => Error(ModelsErrors.ChatTemplateMalformed, problem);

    /// <summary>An error about a construct that is not read.</summary>
    public PithException Unsupported(string construct) =>
        Error(ModelsErrors.ChatTemplateUnsupported, $"{construct} is not supported");

    /// <summary>An error about what the template does with its values.</summary>
    public PithException Failed(string problem) => Error(ModelsErrors.ChatTemplateFailed, problem);

    /// <summary>An error about a limit.</summary>
    public PithException TooLarge(string problem) => Error(ModelsErrors.ChatTemplateTooLarge, problem);

    private PithException Error(ErrorCode code, string problem) => new(code, $"Chat template, line {Line}, column {Column}: {problem}.");
}
