using Pith.Core.Diagnostics;
using Pith.Models.Chat.Templates;

namespace Pith.Models.Chat;

/// <summary>A chat template: turns a conversation into the prompt that a model was trained on.</summary>
/// <remarks>Templates are written in a part of the Jinja language: text, comments, <c>for</c> with <c>loop</c>, <c>if</c>,
/// <c>set</c>, <c>macro</c>, <c>break</c> and <c>continue</c>; the usual expressions, filters, tests and methods of strings
/// and mappings. White space is treated as Hugging Face's transformers do (<c>trim_blocks</c>, <c>lstrip_blocks</c>). Every
/// construct that is not read is named in an error. Work and output are bounded, so that templates need not be trusted.
/// Source: the Jinja template designer documentation. Immutable and thread-safe.</remarks>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _statements;

    private ChatTemplate(IReadOnlyList<Statement> statements) => _statements = statements;

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template.</param>
    /// <exception cref="PithException">The template is malformed, too large, or uses what is not read; with line and column.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length > TemplateLimits.MaxSourceLength)
        {
            throw new PithException(
                ModelsErrors.ChatTemplateTooLarge,
                $"A chat template may have {TemplateLimits.MaxSourceLength} characters, found {source.Length}.");
        }

        return new ChatTemplate(new StatementParser(TemplateLexer.Read(source)).ParseAll());
    }

    /// <summary>Makes a prompt. Encode it with <c>parseSpecial</c> set and without a further BOS token.</summary>
    /// <param name="inputs">What the template is filled with.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="PithException">The template refuses the messages, fails, or passes a limit.</exception>
    public string Render(ChatInputs inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return new Renderer(TemplateGlobals.Of(inputs), cancellationToken).Render(_statements);
    }
}
