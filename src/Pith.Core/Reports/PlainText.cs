using System.Globalization;
using System.Text;

namespace Pith.Core.Reports;

/// <summary>Makes text from anywhere safe to show: no control characters (which could drive a terminal), no broken surrogates.</summary>
internal static class PlainText
{
    /// <summary>The text with line breaks as \n and what drives a terminal or breaks a document as U+FFFD.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            var isPlain = rune.Value is '\n' or '\t' || !IsControl(rune) && !IsBidirectionalControl(rune.Value) && !IsNoncharacter(rune.Value);
            clean.Append((isPlain ? rune : Rune.ReplacementChar).ToString());
        }

        return clean.ToString();
    }

    /// <summary>The clean text on one line.</summary>
    public static string OneLine(string text) => Clean(text).Replace('\n', ' ').Replace('\t', ' ');

    /// <summary>Number of places that a line takes on a terminal.</summary>
    public static int Width(string line) => new StringInfo(line).LengthInTextElements;

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // U+FFFE and U+FFFF may not stand in XML.
    private static bool IsNoncharacter(int value) => (value & 0xFFFE) == 0xFFFE;

    // They reorder what stands after them on the line.
    private static bool IsBidirectionalControl(int value) => value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
