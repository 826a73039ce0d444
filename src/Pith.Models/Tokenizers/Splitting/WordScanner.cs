namespace Pith.Models.Tokenizers.Splitting;

/// <summary>A splitting pattern as code: finds where the piece that starts at a position ends.</summary>
/// <remarks>Thread-safe. The pieces of a scanner cover the whole text, so that it equals its pattern with any of the
/// behaviors that keep matches apart.</remarks>
internal abstract class WordScanner
{
    private static readonly Dictionary<string, WordScanner> s_known = new(StringComparer.Ordinal)
    {
        [@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = new Gpt2Scanner(),
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] =
            new Cl100kScanner(3),
        [@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] =
            new Cl100kScanner(1),
        [@"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] =
            new Cl100kScanner(1),
        [@"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"] =
            new Cl100kScanner(3),
    };

    /// <summary>GPT-2's pattern, which the ByteLevel stage applies by itself.</summary>
    public static WordScanner Gpt2 { get; } = new Gpt2Scanner();

    /// <summary>The scanner of a well-known pattern; null for any other pattern.</summary>
    public static WordScanner? ForPattern(string pattern) => s_known.GetValueOrDefault(pattern);

    /// <summary>Where the piece that starts at a position ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Less than the text's length.</param>
    /// <returns>More than <paramref name="start"/>.</returns>
    public abstract int End(ReadOnlySpan<char> text, int start);

    /// <summary>The end of a run of one class.</summary>
    protected static int RunEnd(ReadOnlySpan<char> text, int start, CharacterClass kind)
    {
        while (start < text.Length && CharacterClasses.At(text, start, out var length) == kind)
            start += length;
        return start;
    }

    /// <summary>The end of a run of white space.</summary>
    protected static int SpaceEnd(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && CharacterClasses.IsSpace(CharacterClasses.At(text, start)))
            start++;
        return start;
    }

    /// <summary>The end of what <c>\s+(?!\S)|\s+</c> matches at white space: all of a run that ends the text, otherwise all
    /// but its last character, unless that is all there is.</summary>
    protected static int TrailingSpaceEnd(ReadOnlySpan<char> text, int start)
    {
        var end = SpaceEnd(text, start);
        return end == text.Length || end == start + 1 ? end : end - 1;
    }
}
