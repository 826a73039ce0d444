using System.Globalization;
using System.Text;

namespace Pith.Models.Tokenizers.Splitting;

/// <summary>The class of every code point, by the framework's Unicode tables.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] s_basicPlane = Build();

    /// <summary>The class of the code point at a position, and how many UTF-16 units it takes.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int position, out int length)
    {
        var character = text[position];
        length = 1;
        if (!char.IsHighSurrogate(character) || position + 1 >= text.Length || !char.IsLowSurrogate(text[position + 1]))
            return s_basicPlane[character];
        length = 2;
        return Of(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(character, text[position + 1])));
    }

    /// <summary>The class of the code point at a position.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int position) => At(text, position, out _);

    /// <summary>Whether a class is white space.</summary>
    public static bool IsSpace(CharacterClass kind) => kind is CharacterClass.Space or CharacterClass.LineBreak;

    /// <summary>Whether a code point is numeric: general category N.</summary>
    public static bool IsNumeric(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber;

    /// <summary>Whether a code point is punctuation: general category P, or any ASCII sign.</summary>
    public static bool IsPunctuation(Rune rune) =>
        rune.IsAscii
            ? rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
            : Rune.IsPunctuation(rune);

    /// <summary>Whether a code point is part of a word: a letter, mark, decimal digit or connector.</summary>
    public static bool IsWord(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.ConnectorPunctuation;

    private static CharacterClass[] Build()
    {
        var classes = new CharacterClass[0x10000];
        for (var value = 0; value < classes.Length; value++)
        {
            var character = (char)value;
            classes[value] = character is '\r' or '\n' ? CharacterClass.LineBreak
                : char.IsWhiteSpace(character) ? CharacterClass.Space
                : Of(CharUnicodeInfo.GetUnicodeCategory(character));
        }

        return classes;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
            => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
