namespace Pith.Models.Tokenizers.Splitting;

/// <summary><c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c></summary>
/// <remarks>Source: the pattern of OpenAI's GPT-2 encoder. Thread-safe.</remarks>
internal sealed class Gpt2Scanner : WordScanner
{
    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'')
        {
            var length = ContractionLength(text[(start + 1)..]);
            if (length > 0)
                return start + 1 + length;
        }

        var kind = CharacterClasses.At(text, start);
        if (!CharacterClasses.IsSpace(kind))
            return RunEnd(text, start, kind);
        if (text[start] == ' ' && start + 1 < text.Length)
        {
            var next = CharacterClasses.At(text, start + 1);
            if (!CharacterClasses.IsSpace(next))
                return RunEnd(text, start + 1, next);
        }

        return TrailingSpaceEnd(text, start);
    }

    private static int ContractionLength(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty)
            return 0;
        return rest[0] switch
        {
            's' or 't' or 'm' or 'd' => 1,
            'r' or 'v' when rest.Length > 1 && rest[1] == 'e' => 2,
            'l' when rest.Length > 1 && rest[1] == 'l' => 2,
            _ => 0,
        };
    }
}
