namespace Pith.Models.Tokenizers;

/// <summary>Makes sure that a text has no unpaired surrogates.</summary>
internal static class WellFormedText
{
    /// <summary>The text, with every unpaired surrogate replaced by U+FFFD.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            source.CopyTo(span);
            for (var i = 0; i < span.Length; i++)
            {
                if (!char.IsSurrogate(span[i]))
                    continue;
                if (char.IsHighSurrogate(span[i]) && i + 1 < span.Length && char.IsLowSurrogate(span[i + 1]))
                    i++;
                else
                    span[i] = '\uFFFD';
            }
        });
    }
}
