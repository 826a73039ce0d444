using System.Globalization;

namespace Pith.Models.Chat.Templates;

/// <summary>Reads expressions: one method a level of precedence, loosest first.</summary>
internal sealed class ExpressionParser
{
    private static readonly HashSet<string> s_comparisons =
        new(StringComparer.Ordinal) { "==", "!=", "<", "<=", ">", ">=" };

    private static readonly HashSet<string> s_keywords =
        new(StringComparer.Ordinal) { "and", "or", "not", "in", "is", "if", "else" };

    private static readonly Dictionary<string, object?> s_constants = new(StringComparer.Ordinal)
    {
        ["true"] = true, ["True"] = true, ["false"] = false, ["False"] = false, ["none"] = null, ["None"] = null,
    };

    private readonly TokenReader _tokens;

    /// <summary>Makes the parser.</summary>
    public ExpressionParser(TokenReader tokens) => _tokens = tokens;

    /// <summary>Reads an expression; values with commas between are a tuple.</summary>
    public Expression ParseTuple()
    {
        var place = _tokens.Current.Place;
        var first = Parse();
        if (!_tokens.Current.IsSign(","))
            return first;
        var items = new List<Expression> { first };
        while (_tokens.TakeSign(",") && !EndsTuple())
            items.Add(Parse());
        return new Expression.Items(place, items);
    }

    /// <summary>Reads an expression.</summary>
    public Expression Parse()
    {
        _tokens.Enter();
        var expression = ParseOr();
        while (_tokens.Current.IsName("if"))
        {
            var place = _tokens.Take().Place;
            var condition = ParseOr();
            expression = new Expression.Choice(place, condition, expression, _tokens.TakeName("else") ? Parse() : null);
        }

        _tokens.Leave();
        return expression;
    }

    /// <summary>Reads an expression that a conditional's <c>if</c> does not belong to.</summary>
    public Expression ParseOr() => ParseLeft(ParseAnd, static token => token.IsName("or"));

    private bool EndsTuple() => _tokens.Current.Kind is TemplateTokenKind.StatementEnd or TemplateTokenKind.OutputEnd
        || _tokens.Current.IsSign(")");

    private Expression ParseAnd() => ParseLeft(ParseNot, static token => token.IsName("and"));

    private Expression ParseNot()
    {
        if (!_tokens.Current.IsName("not"))
            return ParseComparison();
        var place = _tokens.Take().Place;
        _tokens.Enter();
        var operand = ParseNot();
        _tokens.Leave();
        return new Expression.Unary(place, "not", operand);
    }

    private Expression ParseComparison()
    {
        var place = _tokens.Current.Place;
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (_tokens.Current.Kind == TemplateTokenKind.Sign && s_comparisons.Contains(_tokens.Current.Text))
                rest.Add((_tokens.Take().Text, ParseSum()));
            else if (_tokens.TakeName("in"))
                rest.Add(("in", ParseSum()));
            else if (_tokens.Current.IsName("not") && _tokens.Following.IsName("in"))
            {
                _tokens.Take();
                _tokens.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
                return rest.Count == 0 ? first : new Expression.Comparison(place, first, rest);
        }
    }

    private Expression ParseSum() => ParseLeft(ParseConcatenation, static token => token.IsSign("+") || token.IsSign("-"));

    private Expression ParseConcatenation() => ParseLeft(ParseProduct, static token => token.IsSign("~"));

    private Expression ParseProduct() => ParseLeft(
        ParseUnary,
        static token => token.IsSign("*") || token.IsSign("/") || token.IsSign("//") || token.IsSign("%"));

    private Expression ParseLeft(Func<Expression> operand, Func<TemplateToken, bool> isOperator)
    {
        var left = operand();
        while (isOperator(_tokens.Current))
        {
            var token = _tokens.Take();
            left = new Expression.Binary(token.Place, token.Text, left, operand());
        }

        return _tokens.Current.IsSign("**") ? throw _tokens.Current.Place.Unsupported("the operator '**'") : left;
    }

    private Expression ParseUnary()
    {
        if (!_tokens.Current.IsSign("-") && !_tokens.Current.IsSign("+"))
            return ParseFilters(ParsePostfix(ParsePrimary()));
        var token = _tokens.Take();
        _tokens.Enter();
        var operand = ParseUnary();
        _tokens.Leave();
        return new Expression.Unary(token.Place, token.Text, operand);
    }

    private Expression ParseFilters(Expression subject)
    {
        while (true)
        {
            if (_tokens.Current.IsSign("|"))
            {
                var place = _tokens.Take().Place;
                var name = _tokens.Expect(TemplateTokenKind.Name).Text;
                if (!TemplateFilters.Known.ContainsKey(name))
                    throw place.Unsupported($"the filter '{name}'");
                subject = ParsePostfix(new Expression.Filter(place, subject, name, ParseOptionalArguments()));
            }
            else if (_tokens.Current.IsName("is"))
            {
                subject = ParseTest(subject);
            }
            else
            {
                return subject;
            }
        }
    }

    private Expression.Test ParseTest(Expression subject)
    {
        var place = _tokens.Take().Place;
        var isNegated = _tokens.TakeName("not");
        var name = _tokens.Expect(TemplateTokenKind.Name).Text;
        if (!TemplateTests.Known.ContainsKey(name))
            throw place.Unsupported($"the test '{name}'");
        if (_tokens.Current.IsSign("(") || !StartsOperand())
            return new Expression.Test(place, subject, name, ParseOptionalArguments(), isNegated);
        var argument = ParsePostfix(ParsePrimary());
        return new Expression.Test(place, subject, name, new ArgumentList([argument], []), isNegated);
    }

    private bool StartsOperand() => _tokens.Current.Kind switch
    {
        TemplateTokenKind.String or TemplateTokenKind.Integer or TemplateTokenKind.Real => true,
        TemplateTokenKind.Name => !s_keywords.Contains(_tokens.Current.Text),
        _ => _tokens.Current.IsSign("[") || _tokens.Current.IsSign("{"),
    };

    private ArgumentList ParseOptionalArguments() => _tokens.Current.IsSign("(") ? ParseArguments() : ArgumentList.None;

    private Expression ParsePostfix(Expression subject)
    {
        while (true)
        {
            var place = _tokens.Current.Place;
            if (_tokens.TakeSign("."))
            {
                var name = _tokens.Current.Kind == TemplateTokenKind.Integer
                    ? throw place.Unsupported("a number after '.'")
                    : _tokens.Expect(TemplateTokenKind.Name).Text;
                subject = new Expression.Member(place, subject, name);
            }
            else if (_tokens.TakeSign("["))
                subject = ParseSubscript(subject, place);
            else if (_tokens.Current.IsSign("("))
                subject = new Expression.Call(place, subject, ParseArguments());
            else
                return subject;
        }
    }

    private Expression ParseSubscript(Expression subject, SourcePlace place)
    {
        var bounds = new Expression?[3];
        var count = 0;
        if (!_tokens.Current.IsSign(":"))
            bounds[0] = Parse();
        while (count < 2 && _tokens.TakeSign(":"))
        {
            count++;
            if (!_tokens.Current.IsSign(":") && !_tokens.Current.IsSign("]"))
                bounds[count] = Parse();
        }

        _tokens.ExpectSign("]");
        return count == 0
            ? new Expression.Item(place, subject, bounds[0]!)
            : new Expression.Slice(place, subject, bounds[0], bounds[1], bounds[2]);
    }

    private ArgumentList ParseArguments()
    {
        _tokens.ExpectSign("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        while (!_tokens.Current.IsSign(")"))
        {
            if (_tokens.Current.Kind == TemplateTokenKind.Name && _tokens.Following.IsSign("="))
            {
                var name = _tokens.Take().Text;
                _tokens.Take();
                named.Add((name, Parse()));
            }
            else
            {
                positional.Add(Parse());
            }

            if (!_tokens.TakeSign(","))
                break;
        }

        _tokens.ExpectSign(")");
        return new ArgumentList(positional, named);
    }

    private Expression ParsePrimary()
    {
        var token = _tokens.Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.Name when s_constants.TryGetValue(token.Text, out var constant):
                return new Expression.Literal(token.Place, constant);
            case TemplateTokenKind.Name when !s_keywords.Contains(token.Text):
                return new Expression.Variable(token.Place, token.Text);
            case TemplateTokenKind.String:
                return ParseStrings(token);
            case TemplateTokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)
                    ? new Expression.Literal(token.Place, integer)
                    : throw token.Place.Malformed("the integer has more than 64 bits");
            case TemplateTokenKind.Real:
                return new Expression.Literal(token.Place, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TemplateTokenKind.Sign when token.Text == "(":
                return ParseParentheses(token.Place);
            case TemplateTokenKind.Sign when token.Text == "[":
                return new Expression.Items(token.Place, ParseList("]", Parse));
            case TemplateTokenKind.Sign when token.Text == "{":
                return new Expression.Mapping(token.Place, ParseList("}", ParsePair));
            default:
                throw token.Place.Malformed($"expected a value, found {token}");
        }
    }

    // Strings beside one another are one.
    private Expression.Literal ParseStrings(TemplateToken first)
    {
        var text = first.Text;
        while (_tokens.Current.Kind == TemplateTokenKind.String)
            text += _tokens.Take().Text;
        return new Expression.Literal(first.Place, text);
    }

    private Expression ParseParentheses(SourcePlace place)
    {
        if (_tokens.TakeSign(")"))
            return new Expression.Items(place, []);
        var inner = ParseTuple();
        _tokens.ExpectSign(")");
        return inner;
    }

    private (Expression Key, Expression Value) ParsePair()
    {
        var key = Parse();
        _tokens.ExpectSign(":");
        return (key, Parse());
    }

    private List<T> ParseList<T>(string end, Func<T> parse)
    {
        var items = new List<T>();
        while (!_tokens.Current.IsSign(end))
        {
            items.Add(parse());
            if (!_tokens.TakeSign(","))
                break;
        }

        _tokens.ExpectSign(end);
        return items;
    }
}
