namespace Pith.Models.Chat.Templates;

/// <summary>Reads the statements of a template.</summary>
internal sealed class StatementParser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private readonly Dictionary<string, Func<SourcePlace, Statement>> _statements;
    private int _loops;

    /// <summary>Makes the parser.</summary>
    public StatementParser(List<TemplateToken> tokens)
    {
        _tokens = new TokenReader(tokens);
        _expressions = new ExpressionParser(_tokens);
        _statements = new Dictionary<string, Func<SourcePlace, Statement>>(StringComparer.Ordinal)
        {
            ["if"] = ParseIf,
            ["for"] = ParseFor,
            ["set"] = ParseSet,
            ["macro"] = ParseMacro,
            ["generation"] = ParseGeneration,
            ["break"] = place => ParseJump(new Statement.Break(place)),
            ["continue"] = place => ParseJump(new Statement.Continue(place)),
        };
    }

    /// <summary>Reads the whole template.</summary>
    public IReadOnlyList<Statement> ParseAll()
    {
        var statements = ParseBody();
        return _tokens.Current.Kind == TemplateTokenKind.End
            ? statements
            : throw _tokens.Current.Place.Malformed($"found '{_tokens.Following.Text}' without its beginning");
    }

    /// <summary>Reads statements up to a tag that is not the beginning of one.</summary>
    private List<Statement> ParseBody()
    {
        var statements = new List<Statement>();
        _tokens.Enter();
        while (_tokens.Current.Kind != TemplateTokenKind.End)
        {
            var token = _tokens.Current;
            if (token.Kind == TemplateTokenKind.Text)
            {
                statements.Add(new Statement.Text(token.Place, _tokens.Take().Text));
                continue;
            }

            if (token.Kind == TemplateTokenKind.OutputStart)
            {
                _tokens.Take();
                statements.Add(new Statement.Output(token.Place, _expressions.ParseTuple()));
                _tokens.Expect(TemplateTokenKind.OutputEnd);
                continue;
            }

            var name = _tokens.Following;
            if (name.Text is "else" or "elif" || name.Text.StartsWith("end", StringComparison.Ordinal))
                break;

            _tokens.Take();
            _tokens.Expect(TemplateTokenKind.Name);
            if (!_statements.TryGetValue(name.Text, out var parse))
                throw name.Place.Unsupported($"the statement '{name.Text}'");
            statements.Add(parse(token.Place));
        }

        _tokens.Leave();
        return statements;
    }

    /// <summary>Takes a tag that ends or divides a statement, up to its name.</summary>
    private string TakeTag(SourcePlace start, params string[] names)
    {
        if (_tokens.Current.Kind == TemplateTokenKind.End)
            throw start.Malformed($"expected {string.Join(" or ", names)}, found the end");
        _tokens.Expect(TemplateTokenKind.StatementStart);
        var name = _tokens.Expect(TemplateTokenKind.Name);
        return names.Contains(name.Text)
            ? name.Text
            : throw name.Place.Malformed($"expected {string.Join(" or ", names)}, found '{name.Text}'");
    }

    private void EndTag() => _tokens.Expect(TemplateTokenKind.StatementEnd);

    private Statement.If ParseIf(SourcePlace place)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        Expression? condition = _expressions.ParseTuple();
        while (true)
        {
            EndTag();
            branches.Add((condition, ParseBody()));
            var names = condition is null ? new[] { "endif" } : ["elif", "else", "endif"];
            var name = TakeTag(place, names);
            if (name == "endif")
                break;
            condition = name == "elif" ? _expressions.ParseTuple() : null;
        }

        EndTag();
        return new Statement.If(place, branches);
    }

    private Statement.For ParseFor(SourcePlace place)
    {
        var targets = ParseTargets();
        if (!_tokens.TakeName("in"))
            throw _tokens.Current.Place.Malformed($"expected 'in', found {_tokens.Current}");
        var items = _expressions.ParseOr();
        var condition = _tokens.TakeName("if") ? _expressions.Parse() : null;
        if (_tokens.Current.IsName("recursive"))
            throw _tokens.Current.Place.Unsupported("a recursive loop");
        EndTag();
        _loops++;
        var body = ParseBody();
        _loops--;
        IReadOnlyList<Statement> otherwise = [];
        if (TakeTag(place, "else", "endfor") == "else")
        {
            EndTag();
            otherwise = ParseBody();
            TakeTag(place, "endfor");
        }

        EndTag();
        return new Statement.For(place, targets, items, condition, body, otherwise);
    }

    private List<string> ParseTargets()
    {
        var isBracketed = _tokens.TakeSign("(");
        var targets = new List<string> { _tokens.Expect(TemplateTokenKind.Name).Text };
        while (_tokens.TakeSign(","))
            targets.Add(_tokens.Expect(TemplateTokenKind.Name).Text);
        if (isBracketed)
            _tokens.ExpectSign(")");
        return targets;
    }

    private Statement ParseSet(SourcePlace place)
    {
        var targets = ParseTargets();
        if (targets.Count == 1 && _tokens.TakeSign("."))
        {
            var name = _tokens.Expect(TemplateTokenKind.Name).Text;
            _tokens.ExpectSign("=");
            var member = _expressions.ParseTuple();
            EndTag();
            return new Statement.SetMember(place, targets[0], name, member);
        }

        if (_tokens.TakeSign("="))
        {
            var value = _expressions.ParseTuple();
            EndTag();
            return new Statement.Set(place, targets, value);
        }

        if (targets.Count != 1 || _tokens.Current.Kind != TemplateTokenKind.StatementEnd)
            throw _tokens.Current.Place.Malformed($"expected '=', found {_tokens.Current}");
        EndTag();
        var body = ParseBody();
        TakeTag(place, "endset");
        EndTag();
        return new Statement.SetBlock(place, targets[0], body);
    }

    private Statement.Macro ParseMacro(SourcePlace place)
    {
        var name = _tokens.Expect(TemplateTokenKind.Name).Text;
        var parameters = new List<(string, Expression?)>();
        _tokens.ExpectSign("(");
        while (!_tokens.Current.IsSign(")"))
        {
            var parameter = _tokens.Expect(TemplateTokenKind.Name).Text;
            parameters.Add((parameter, _tokens.TakeSign("=") ? _expressions.Parse() : null));
            if (!_tokens.TakeSign(","))
                break;
        }

        _tokens.ExpectSign(")");
        EndTag();
        var loops = _loops;
        _loops = 0;
        var body = ParseBody();
        _loops = loops;
        TakeTag(place, "endmacro");
        EndTag();
        return new Statement.Macro(place, name, parameters, body);
    }

    // Marks what the assistant says, for training; the text is the same.
    private Statement.Group ParseGeneration(SourcePlace place)
    {
        EndTag();
        var body = ParseBody();
        TakeTag(place, "endgeneration");
        EndTag();
        return new Statement.Group(place, body);
    }

    private Statement ParseJump(Statement jump)
    {
        if (_loops == 0)
            throw jump.Place.Malformed("there is no loop to leave");
        EndTag();
        return jump;
    }
}
