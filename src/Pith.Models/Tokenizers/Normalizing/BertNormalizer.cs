using System.Globalization;
using System.Text;

namespace Pith.Models.Tokenizers.Normalizing;

/// <summary>What BERT does to a text before splitting it: drops control characters, makes white space spaces, sets CJK
/// ideographs apart, strips accents, lowers case.</summary>
/// <remarks>Source: <c>BasicTokenizer</c> of google-research/bert; the order is that of Hugging Face's tokenizers.
/// Thread-safe.</remarks>
internal sealed class BertNormalizer : Normalizer
{
    private static readonly (int First, int Last)[] s_ideographs =
    [
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
    ];

    private readonly bool _clean;
    private readonly bool _spaceIdeographs;
    private readonly bool _stripAccents;
    private readonly bool _lowercase;

    /// <summary>Makes the normalizer.</summary>
    /// <param name="clean">Whether control characters go and white space becomes spaces.</param>
    /// <param name="spaceIdeographs">Whether CJK ideographs get spaces around them.</param>
    /// <param name="stripAccents">Whether accents go; when null, as <paramref name="lowercase"/>.</param>
    /// <param name="lowercase">Whether case is lowered.</param>
    public BertNormalizer(bool clean, bool spaceIdeographs, bool? stripAccents, bool lowercase)
    {
        _clean = clean;
        _spaceIdeographs = spaceIdeographs;
        _stripAccents = stripAccents ?? lowercase;
        _lowercase = lowercase;
    }

    /// <inheritdoc/>
    public override string Apply(string text)
    {
        if (_clean || _spaceIdeographs)
            text = Rewrite(text);
        if (_stripAccents)
            text = TextRewrites.StripAccents(TextRewrites.Normalize(text, NormalizationForm.FormD), allMarks: false);
        return _lowercase ? TextRewrites.Lowercase(text) : text;
    }

    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsIdeograph(int point)
    {
        foreach (var (first, last) in s_ideographs)
        {
            if (point >= first && point <= last)
                return true;
        }

        return false;
    }

    private string Rewrite(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (_clean && Rune.IsWhiteSpace(rune) && rune.Value != 0x85)
                result.Append(' ');
            else if (_clean && (rune.Value is 0 or 0xFFFD || IsControl(rune)))
                continue;
            else if (_spaceIdeographs && IsIdeograph(rune.Value))
                result.Append(' ').Append(rune.ToString()).Append(' ');
            else
                result.Append(rune.ToString());
        }

        return result.ToString();
    }
}
