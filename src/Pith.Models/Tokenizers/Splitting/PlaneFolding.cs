using System.Globalization;

namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Shows code points above U+FFFF as one UTF-16 unit of the same general category.</summary>
/// <remarks>Source: ours. Exact for patterns that speak of categories and of characters of the basic plane. Thread-safe.</remarks>
internal static class PlaneFolding
{
    /// <summary>A character of the basic plane for each general category, in the order of the enumeration.</summary>
    private static readonly char[] s_standIns =
    [
        'À', 'à', 'ǅ', 'ʰ', 'ª', // Lu Ll Lt Lm Lo
        '\u0300', '\u0903', '\u20DD', // Mn Mc Me
        '٠', 'Ⅰ', '²', // Nd Nl No
        '\u00A0', '\u2028', '\u2029', // Zs Zl Zp
        '\u0080', '\u00AD', '\uFFFF', '\uE000', // Cc Cf Cs Co
        '‿', '–', '⁅', '⁆', '«', '»', '¡', // Pc Pd Ps Pe Pi Pf Po
        '±', '€', '´', '©', '\u0378', // Sm Sc Sk So Cn
    ];

    /// <summary>Folds a text.</summary>
    /// <param name="text">The text, without unpaired surrogates.</param>
    /// <param name="folded">Receives one unit per code point; at least as long as the text.</param>
    /// <param name="origins">Receives where each unit stood in the text, and the text's length after the last.</param>
    /// <returns>Number of code points.</returns>
    public static int Fold(ReadOnlySpan<char> text, Span<char> folded, Span<int> origins)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            origins[count] = i;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                var category = CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[i], text[i + 1]));
                folded[count++] = s_standIns[(int)category];
                i++;
            }
            else
            {
                folded[count++] = text[i];
            }
        }

        origins[count] = text.Length;
        return count;
    }
}
