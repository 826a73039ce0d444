using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <content>Errors of chat templates.</content>
public static partial class ModelsErrors
{
    /// <summary>A chat template is not written as the language demands.</summary>
    public static readonly ErrorCode ChatTemplateMalformed = new(
        "PITH3220",
        "A chat template is malformed.",
        "Fetch tokenizer_config.json again, or give the prompt without the chat template.");

    /// <summary>A chat template uses a part of the Jinja language that is not read.</summary>
    public static readonly ErrorCode ChatTemplateUnsupported = new(
        "PITH3221",
        "A chat template uses a construct that is not supported.",
        "Give the prompt without the chat template.");

    /// <summary>A chat template refused the messages.</summary>
    public static readonly ErrorCode ChatTemplateRefused = new(
        "PITH3222",
        "The chat template refused the messages.",
        "Change the roles or their order as the message says.");

    /// <summary>A chat template needs too many steps or makes too much text.</summary>
    public static readonly ErrorCode ChatTemplateTooLarge = new(
        "PITH3223",
        "A chat template passes a limit.",
        "See that the template comes from where the model came from.");

    /// <summary>A chat template does with its values what cannot be done.</summary>
    public static readonly ErrorCode ChatTemplateFailed = new(
        "PITH3224",
        "A chat template failed.",
        "See that the template fits the messages, or give the prompt without it.");
}
