using System.Runtime.CompilerServices;

namespace Pith.Models.Chat.Templates;

/// <summary>Walks over the tokens of a template.</summary>
internal sealed class TokenReader
{
    private readonly List<TemplateToken> _tokens;
    private int _at;
    private int _depth;

    /// <summary>Starts before the first token.</summary>
    public TokenReader(List<TemplateToken> tokens) => _tokens = tokens;

    /// <summary>The current token.</summary>
    public TemplateToken Current => _tokens[_at];

    /// <summary>The token after the current one.</summary>
    public TemplateToken Following => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    /// <summary>Takes the current token.</summary>
    public TemplateToken Take()
    {
        var token = Current;
        if (token.Kind != TemplateTokenKind.End)
            _at++;
        return token;
    }

    /// <summary>Takes the current token if it is a certain sign.</summary>
    public bool TakeSign(string sign)
    {
        if (!Current.IsSign(sign))
            return false;
        Take();
        return true;
    }

    /// <summary>Takes the current token if it is a certain name.</summary>
    public bool TakeName(string name)
    {
        if (!Current.IsName(name))
            return false;
        Take();
        return true;
    }

    /// <summary>Takes a token of a kind.</summary>
    public TemplateToken Expect(TemplateTokenKind kind) =>
        Current.Kind == kind ? Take() : throw Current.Place.Malformed($"expected {Describe(kind)}, found {Current}");

    /// <summary>Takes a sign.</summary>
    public void ExpectSign(string sign)
    {
        if (!TakeSign(sign))
            throw Current.Place.Malformed($"expected '{sign}', found {Current}");
    }

    /// <summary>Goes one level of nesting deeper.</summary>
    public void Enter()
    {
        if (++_depth > TemplateLimits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Current.Place.TooLarge($"nested more than {TemplateLimits.MaxDepth} deep");
    }

    /// <summary>Comes back from a level of nesting.</summary>
    public void Leave() => _depth--;

    private static string Describe(TemplateTokenKind kind) => kind switch
    {
        TemplateTokenKind.OutputEnd => "'}}'",
        TemplateTokenKind.StatementEnd => "'%}'",
        TemplateTokenKind.Name => "a name",
        _ => kind.ToString(),
    };
}
