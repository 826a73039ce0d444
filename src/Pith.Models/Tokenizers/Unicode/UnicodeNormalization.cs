using System.Text;

namespace Pith.Models.Tokenizers.Unicode;

/// <summary>The four normalization forms of Unicode.</summary>
/// <remarks>Ours, because <see cref="string.Normalize()"/> does nothing when globalization is invariant, which is what lets
/// the product run without ICU. Source: Unicode Standard Annex #15 and chapter 3.11-3.12 of the standard. Thread-safe.</remarks>
internal static class UnicodeNormalization
{
    private const int HangulFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TrailBefore = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>The text in a form.</summary>
    /// <param name="text">Text without unpaired surrogates.</param>
    /// <param name="form">The form.</param>
    public static string Apply(string text, NormalizationForm form)
    {
        // Nothing below U+00A0 decomposes or composes with what is below it, and below U+0300 NFC has nothing to do.
        var quiet = form == NormalizationForm.FormC ? '\u02FF' : '\u009F';
        var loud = text.AsSpan().IndexOfAnyExceptInRange('\0', quiet);
        if (loud < 0 || (form == NormalizationForm.FormC && IsComposed(text.AsSpan(loud))))
            return text;
        var compose = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        var points = Decompose(text, form is NormalizationForm.FormKC or NormalizationForm.FormKD);
        Reorder(points);
        var count = compose ? Compose(points) : points.Count;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < count; i++)
            result.Append(new Rune(points[i]).ToString());
        return result.ToString();
    }

    /// <summary>Whether every code point is one that NFC leaves alone wherever it stands.</summary>
    private static bool IsComposed(ReadOnlySpan<char> text)
    {
        var data = NormalizationData.Instance;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0x300 && data.IsTouchedByComposing(rune.Value))
                return false;
        }

        return true;
    }

    private static List<int> Decompose(string text, bool compatible)
    {
        var points = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatible, points);
        return points;
    }

    private static void Decompose(int point, bool compatible, List<int> points)
    {
        if (point < 0xA0)
        {
            points.Add(point);
            return;
        }

        var syllable = point - HangulFirst;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            points.Add(LeadFirst + (syllable / (Vowels * Trails)));
            points.Add(VowelFirst + (syllable / Trails % Vowels));
            if (syllable % Trails != 0)
                points.Add(TrailBefore + (syllable % Trails));
            return;
        }

        var parts = NormalizationData.Instance.Decomposition(point, compatible);
        if (parts is null)
        {
            points.Add(point);
            return;
        }

        foreach (var part in parts)
            Decompose(part, compatible, points);
    }

    private static void Reorder(List<int> points)
    {
        var data = NormalizationData.Instance;
        for (var start = 0; start < points.Count; start++)
        {
            if (points[start] < 0x300 || data.CombiningClass(points[start]) == 0)
                continue;
            var end = start + 1;
            while (end < points.Count && data.CombiningClass(points[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var run = points.GetRange(start, end - start).OrderBy(data.CombiningClass).ToList(); // OrderBy is stable.
                for (var i = 0; i < run.Count; i++)
                    points[start + i] = run[i];
            }

            start = end;
        }
    }

    private static int Compose(List<int> points)
    {
        var data = NormalizationData.Instance;
        var count = 0;
        var starter = -1;
        var lastClass = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var pointClass = point < 0x300 ? 0 : data.CombiningClass(point);
            var blocked = starter < 0 || (count - 1 > starter && (lastClass == 0 || lastClass >= pointClass));
            var composite = blocked ? -1 : Composite(data, points[starter], point);
            if (composite >= 0)
            {
                points[starter] = composite;
                continue;
            }

            if (pointClass == 0)
                starter = count;
            lastClass = pointClass;
            points[count++] = point;
        }

        return count;
    }

    private static int Composite(NormalizationData data, int first, int second)
    {
        var lead = first - LeadFirst;
        var vowel = second - VowelFirst;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return HangulFirst + (((lead * Vowels) + vowel) * Trails);
        var syllable = first - HangulFirst;
        var trail = second - TrailBefore;
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
            return first + trail;
        return data.Composition(first, second);
    }
}
