using System.Globalization;
using System.Text;
using Pith.Models.Tokenizers.Unicode;

namespace Pith.Models.Tokenizers.Normalizing;

/// <summary>The small rewrites that normalizers are made of.</summary>
/// <remarks>Thread-safe.</remarks>
internal static class TextRewrites
{
    /// <summary>Each code point in lower case. Source: SpecialCasing.txt, whose one unconditional entry for lower case is
    /// U+0130; the final sigma, which depends on context, is left alone as in the tokenizers that we follow.</summary>
    public static string Lowercase(string text) =>
        text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);

    /// <summary>Without marks of some categories. The text is expected to be decomposed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allMarks">Whether spacing and enclosing marks go too, not only nonspacing ones.</param>
    public static string StripAccents(string text, bool allMarks)
    {
        if (Ascii.IsValid(text))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var goes = category == UnicodeCategory.NonSpacingMark
                || (allMarks && category is (UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark));
            if (!goes)
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    /// <summary>In one of the four normalization forms.</summary>
    public static string Normalize(string text, NormalizationForm form) => UnicodeNormalization.Apply(text, form);
}
