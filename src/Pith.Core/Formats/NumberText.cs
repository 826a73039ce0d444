using System.Globalization;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Core.Formats;

/// <summary>A text of decimal numbers, one row a line, which can be written again with other numbers in the same layout.</summary>
/// <remarks>Numbers are separated by blanks, tabs, or a comma; rows may differ in length, and lines may be empty. <c>NaN</c>, <c>Infinity</c>
/// and <c>inf</c> with an optional sign are numbers too. Each number is the fp32 nearest to the decimal. Immutable.</remarks>
public sealed class NumberText
{
    private const int MostCharactersShown = 40;

    private readonly string text;
    private readonly string name;
    private readonly Token[][] tokens;

    private NumberText(string text, string name, Token[][] tokens)
    {
        this.text = text;
        this.name = name;
        this.tokens = tokens;
        Rows = [.. tokens.Select(row => row.Select(token => token.Value).ToArray())];
    }

    /// <summary>The numbers of each line; none for an empty line.</summary>
    public IReadOnlyList<float[]> Rows { get; }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What errors call it: a file, or "standard input".</param>
    /// <exception cref="PithException">Something is not a number (<see cref="CoreErrors.NotANumber"/>); the message has line and column.</exception>
    public static NumberText Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rows = new List<Token[]>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            rows.Add(ParseLine(text, start, end, name, rows.Count + 1));
            start = end + 1;
        }

        return new NumberText(text, name, [.. rows]);
    }

    /// <summary>The text with other numbers in the places of the first ones; ends with a line break unless empty.</summary>
    /// <param name="rows">As many rows as <see cref="Rows"/>, each as long.</param>
    public string With(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var written = new StringBuilder(text.Length);
        var copied = 0;
        for (var row = 0; row < tokens.Length; row++)
        {
            for (var i = 0; i < tokens[row].Length; i++)
            {
                var token = tokens[row][i];
                written.Append(text, copied, token.Start - copied).Append(Write(rows[row][i]));
                copied = token.Start + token.Length;
            }
        }

        written.Append(text, copied, text.Length - copied);
        if (written.Length > 0 && written[^1] != '\n')
            written.Append('\n');
        return written.ToString();
    }

    /// <summary>Where a number stands, for messages: <c>name: line 1, column 2</c>, both from one.</summary>
    public string Place(int row, int index)
    {
        var start = tokens[row][index].Start;
        var lineStart = start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1;
        return Place(name, row + 1, start - lineStart);
    }

    /// <summary>The shortest decimal that reads back as the same fp32.</summary>
    public static string Write(float value)
    {
        var decimals = value.ToString("R", CultureInfo.InvariantCulture);
        var e = decimals.IndexOf('E', StringComparison.Ordinal);
        return e < 0
            ? decimals
            : decimals[..e] + "e" + int.Parse(decimals[(e + 1)..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    private static Token[] ParseLine(string text, int start, int end, string name, int line)
    {
        var found = new List<Token>();
        var wantsNumber = false;
        for (var at = start; at < end;)
        {
            if (text[at] is ' ' or '\t' or '\r')
            {
                at++;
            }
            else if (text[at] == ',')
            {
                if (found.Count == 0 || wantsNumber)
                    throw new PithException(CoreErrors.NotANumber, $"{Place(name, line, at - start)}: expected a number, found a comma");
                wantsNumber = true;
                at++;
            }
            else
            {
                var length = 1;
                while (at + length < end && text[at + length] is not (' ' or '\t' or '\r' or ','))
                    length++;
                found.Add(new Token(at, length, ParseNumber(text.AsSpan(at, length), Place(name, line, at - start))));
                wantsNumber = false;
                at += length;
            }
        }

        return [.. found];
    }

    private static float ParseNumber(ReadOnlySpan<char> token, string place)
    {
        if (Special(token) is { } special)
            return special;
        if (!char.IsAsciiLetter(token[^1])
            && float.TryParse(token, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value))
        {
            return float.IsFinite(value)
                ? value
                : throw new PithException(CoreErrors.NotANumber, $"{place}: expected a number within ±3.4028235e38, found {Shorten(token)}");
        }

        throw new PithException(CoreErrors.NotANumber, $"{place}: expected a decimal number, found `{Shorten(token)}`");
    }

    private static float? Special(ReadOnlySpan<char> token)
    {
        var isNegative = token[0] == '-';
        var word = token[0] is '-' or '+' ? token[1..] : token;
        if (word.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return float.NaN;
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            return isNegative ? float.NegativeInfinity : float.PositiveInfinity;
        return null;
    }

    private static string Place(string name, int line, int column) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}: line {line}, column {column + 1}");

    private static string Shorten(ReadOnlySpan<char> token) =>
        token.Length <= MostCharactersShown ? token.ToString() : string.Concat(token[..MostCharactersShown], "…");

    private readonly record struct Token(int Start, int Length, float Value);
}
