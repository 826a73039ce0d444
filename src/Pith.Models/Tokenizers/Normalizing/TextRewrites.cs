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

    /// <summary>Without nonspacing marks. The text is expected to be decomposed.</summary>
    public static string StripAccents(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    /// <summary>In one of the four normalization forms.</summary>
    public static string Normalize(string text, NormalizationForm form) => UnicodeNormalization.Apply(text, form);
}
