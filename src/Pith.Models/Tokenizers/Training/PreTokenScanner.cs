using System.Globalization;
using System.Text;

namespace Pith.Models.Tokenizers.Training;

/// <summary>Cuts text into the words inside which byte pairs may merge.</summary>
/// <remarks>The GPT-2 rule, by hand instead of by regular expression so that code points above U+FFFF keep their category:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. The words joined are the text.</remarks>
internal static class PreTokenScanner
{
    private enum Kind { Letter, Number, Space, Other }

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>The end (exclusive) of the word that starts at <paramref name="start"/>.</summary>
    public static int Next(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'')
        {
            foreach (var contraction in Contractions)
                if (text[start..].StartsWith(contraction, StringComparison.Ordinal)) return start + contraction.Length;
        }
        var first = KindAt(text, start, out var length);
        if (first != Kind.Space) return Run(text, start + length, first);

        // One plain space belongs to the word after it.
        if (text[start] == ' ' && start + 1 < text.Length)
        {
            var second = KindAt(text, start + 1, out var secondLength);
            if (second != Kind.Space) return Run(text, start + 1 + secondLength, second);
        }
        // \s+(?!\S): before a visible character the run gives back its last character, unless it has only one.
        var end = Run(text, start + length, Kind.Space);
        return end == text.Length || end - start == 1 ? end : end - 1;
    }

    /// <summary>The last place where the text can be cut without changing its words: between a visible character and white space.</summary>
    /// <returns>An index in 1 … Length-1, or 0 when there is none.</returns>
    public static int LastSafeCut(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i > 0; i--)
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1])) return i;
        return 0;
    }

    private static int Run(ReadOnlySpan<char> text, int at, Kind kind)
    {
        while (at < text.Length && KindAt(text, at, out var length) == kind) at += length;
        return at;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        var c = text[at];
        length = 1;
        if (char.IsAscii(c))
        {
            if (char.IsAsciiLetter(c)) return Kind.Letter;
            if (char.IsAsciiDigit(c)) return Kind.Number;
            return char.IsWhiteSpace(c) ? Kind.Space : Kind.Other;
        }
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
        };
    }
}
