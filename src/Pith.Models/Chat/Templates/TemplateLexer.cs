using System.Text;

namespace Pith.Models.Chat.Templates;

/// <summary>Cuts a template into tokens.</summary>
/// <remarks>White space around tags as in Jinja with <c>trim_blocks</c> and <c>lstrip_blocks</c> set: the first line break
/// after a statement or comment goes, and so does white space before it when nothing else is on its line; a minus sign in a
/// tag takes all white space on that side, a plus sign keeps it. A line break that ends the template goes.</remarks>
internal sealed class TemplateLexer
{
    private static readonly string[] s_signs =
    [
        "==", "!=", "<=", ">=", "//", "**", "<", ">", "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ",",
        ":", ".", "=",
    ];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _counted;
    private bool _startsLine = true;
    private bool _stripsNext;

    private TemplateLexer(string source) => _source = source;

    /// <summary>The tokens of a template, the last of kind End.</summary>
    public static List<TemplateToken> Read(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_at < _source.Length)
        {
            var tag = NextTag();
            AddText(tag < 0 ? _source.Length : tag);
            if (tag < 0)
                break;
            var place = Place();
            if (_source[_at + 1] == '#')
                SkipComment(place);
            else
                ReadTag(place);
        }

        _tokens.Add(new TemplateToken(TemplateTokenKind.End, "", Place()));
    }

    private int NextTag()
    {
        for (var from = _at; from + 1 < _source.Length; from++)
        {
            from = _source.IndexOf('{', from);
            if (from < 0 || from + 1 >= _source.Length)
                return -1;
            if (_source[from + 1] is '{' or '%' or '#')
                return from;
        }

        return -1;
    }

    private void AddText(int end)
    {
        var text = _source[_at..end];
        if (_stripsNext)
            text = text.TrimStart();
        if (end < _source.Length)
        {
            var mark = end + 2 < _source.Length ? _source[end + 2] : '\0';
            if (mark == '-')
                text = text.TrimEnd();
            else if (mark != '+' && _source[end + 1] != '{')
                text = StripLine(text);
        }

        if (text.Length > 0)
            _tokens.Add(new TemplateToken(TemplateTokenKind.Text, text, Place()));
        _at = end;
        _stripsNext = false;
    }

    private string StripLine(string text)
    {
        var lineStart = text.LastIndexOf('\n') + 1;
        var isLineStart = lineStart > 0 || (_startsLine && !_stripsNext);
        return isLineStart && string.IsNullOrWhiteSpace(text[lineStart..]) ? text[..lineStart] : text;
    }

    private void SkipComment(SourcePlace place)
    {
        var end = _source.IndexOf("#}", _at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw place.Malformed("the comment does not end");
        _stripsNext = _source[end - 1] == '-';
        EndTag(end + 2, trimsLine: _source[end - 1] is not ('+' or '-'));
    }

    private void ReadTag(SourcePlace place)
    {
        var isOutput = _source[_at + 1] == '{';
        var close = isOutput ? "}}" : "%}";
        _tokens.Add(new TemplateToken(
            isOutput ? TemplateTokenKind.OutputStart : TemplateTokenKind.StatementStart, _source.Substring(_at, 2), place));
        _at += 2;
        if (_at < _source.Length && _source[_at] is '-' or '+')
            _at++;
        var depth = 0;
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
                _at++;
            if (_at >= _source.Length)
                throw place.Malformed("the tag does not end");
            if (depth == 0 && TryClose(close, isOutput))
                return;
            var token = ReadToken();
            depth += token.Text is "(" or "[" or "{" && token.Kind == TemplateTokenKind.Sign ? 1 : 0;
            depth -= token.Text is ")" or "]" or "}" && token.Kind == TemplateTokenKind.Sign && depth > 0 ? 1 : 0;
            _tokens.Add(token);
        }
    }

    private bool TryClose(string close, bool isOutput)
    {
        var mark = _source[_at] is '-' or '+' ? 1 : 0;
        if (string.CompareOrdinal(_source, _at + mark, close, 0, 2) != 0)
            return false;
        _tokens.Add(new TemplateToken(isOutput ? TemplateTokenKind.OutputEnd : TemplateTokenKind.StatementEnd, close, Place()));
        _stripsNext = mark == 1 && _source[_at] == '-';
        EndTag(_at + mark + 2, trimsLine: !isOutput && mark == 0);
        return true;
    }

    private void EndTag(int end, bool trimsLine)
    {
        _at = end;
        _startsLine = trimsLine && _at < _source.Length && _source[_at] == '\n';
        if (_startsLine)
            _at++;
    }

    private TemplateToken ReadToken()
    {
        var place = Place();
        var first = _source[_at];
        if (char.IsAsciiLetter(first) || first == '_')
            return new TemplateToken(TemplateTokenKind.Name, TakeWhile(static unit => char.IsAsciiLetterOrDigit(unit) || unit == '_'), place);
        if (char.IsAsciiDigit(first))
            return ReadNumber(place);
        if (first is '"' or '\'')
            return new TemplateToken(TemplateTokenKind.String, ReadString(place), place);
        foreach (var sign in s_signs)
        {
            if (string.CompareOrdinal(_source, _at, sign, 0, sign.Length) != 0)
                continue;
            _at += sign.Length;
            return new TemplateToken(TemplateTokenKind.Sign, sign, place);
        }

        throw place.Malformed($"found the character '{first}', which starts nothing");
    }

    private TemplateToken ReadNumber(SourcePlace place)
    {
        var text = TakeWhile(char.IsAsciiDigit);
        if (_at + 1 >= _source.Length || _source[_at] != '.' || !char.IsAsciiDigit(_source[_at + 1]))
            return new TemplateToken(TemplateTokenKind.Integer, text, place);
        _at++;
        return new TemplateToken(TemplateTokenKind.Real, $"{text}.{TakeWhile(char.IsAsciiDigit)}", place);
    }

    private string TakeWhile(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _source.Length && belongs(_source[_at]))
            _at++;
        return _source[start.._at];
    }

    private string ReadString(SourcePlace place)
    {
        var quote = _source[_at++];
        var text = new StringBuilder();
        while (_at < _source.Length && _source[_at] != quote)
        {
            var unit = _source[_at++];
            text.Append(unit == '\\' && _at < _source.Length ? ReadEscape(place) : unit.ToString());
        }

        if (_at >= _source.Length)
            throw place.Malformed("the string does not end");
        _at++;
        return text.ToString();
    }

    // The escapes of Python's strings.
    private string ReadEscape(SourcePlace place)
    {
        var unit = _source[_at++];
        return unit switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '\\' or '\'' or '"' => unit.ToString(),
            '\n' => "",
            'x' => ReadHex(2, place),
            'u' => ReadHex(4, place),
            _ => $"\\{unit}",
        };
    }

    private string ReadHex(int digits, SourcePlace place)
    {
        if (_at + digits > _source.Length || !_source.AsSpan(_at, digits).ToString().All(char.IsAsciiHexDigit))
            throw place.Malformed($"expected {digits} hexadecimal digits in an escape");
        var value = Convert.ToInt32(_source.Substring(_at, digits), 16);
        _at += digits;
        return ((char)value).ToString();
    }

    private SourcePlace Place()
    {
        for (; _counted < _at; _counted++)
        {
            if (_source[_counted] != '\n')
                continue;
            _line++;
            _lineStart = _counted + 1;
        }

        return new SourcePlace(_line, _at - _lineStart + 1);
    }
}
