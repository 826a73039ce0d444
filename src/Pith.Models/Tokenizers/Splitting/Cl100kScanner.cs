namespace Pith.Models.Tokenizers.Splitting;

/// <summary>The pattern of cl100k, Llama 3 and Qwen 2:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c></summary>
/// <remarks>Source: OpenAI's tiktoken; the hub's tokenizer.json of Llama 3 (n = 3) and Qwen 2 (n = 1). Thread-safe.</remarks>
internal sealed class Cl100kScanner : WordScanner
{
    private readonly int _maxDigits;

    /// <summary>Makes the scanner.</summary>
    /// <param name="maxDigits">Most numerals of one piece.</param>
    public Cl100kScanner(int maxDigits) => _maxDigits = maxDigits;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'')
        {
            var length = ContractionLength(text[(start + 1)..]);
            if (length > 0)
                return start + 1 + length;
        }

        var kind = CharacterClasses.At(text, start, out var first);
        var rest = start + first;
        switch (kind)
        {
            case CharacterClass.Letter:
                return RunEnd(text, rest, CharacterClass.Letter);
            case CharacterClass.Number:
                return DigitsEnd(text, start);
        }

        var next = rest < text.Length ? CharacterClasses.At(text, rest) : CharacterClass.LineBreak;
        if (kind != CharacterClass.LineBreak && next == CharacterClass.Letter)
            return RunEnd(text, rest, CharacterClass.Letter);
        if (kind == CharacterClass.Other || (text[start] == ' ' && next == CharacterClass.Other && rest < text.Length))
            return RunEnd(text, RunEnd(text, rest, CharacterClass.Other), CharacterClass.LineBreak);
        var lastBreak = text[start..SpaceEnd(text, start)].LastIndexOfAny('\r', '\n');
        return lastBreak >= 0 ? start + lastBreak + 1 : TrailingSpaceEnd(text, start);
    }

    private static int ContractionLength(ReadOnlySpan<char> rest)
    {
        // U+017F, the long s, folds to s.
        if (rest.IsEmpty)
            return 0;
        var next = rest.Length > 1 ? (char)(rest[1] | 0x20) : '\0';
        return (char)(rest[0] | 0x20) switch
        {
            's' or 't' or 'm' or 'd' => 1,
            'r' or 'v' when next == 'e' => 2,
            'l' when next == 'l' => 2,
            _ => rest[0] == '\u017F' ? 1 : 0,
        };
    }

    private int DigitsEnd(ReadOnlySpan<char> text, int start)
    {
        for (var digits = 0; digits < _maxDigits && start < text.Length; digits++)
        {
            if (CharacterClasses.At(text, start, out var length) != CharacterClass.Number)
                break;
            start += length;
        }

        return start;
    }
}
