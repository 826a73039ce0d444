namespace Pith.Models.Tokenizers.Training;

/// <summary>The printable stand-in character of every byte value in <c>tokenizer.json</c> files of the byte-level kind.</summary>
/// <remarks>Printable Latin-1 bytes stand for themselves, the 68 others for U+0100, U+0101, … in order of value
/// (the GPT-2 rule). Immutable.</remarks>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Stand = Build();

    /// <summary>The text form of a token.</summary>
    public static string Write(ReadOnlySpan<byte> token)
    {
        var text = new char[token.Length];
        for (var i = 0; i < token.Length; i++) text[i] = Stand[token[i]];
        return new string(text);
    }

    private static char[] Build()
    {
        var stand = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            stand[value] = (char)(printable ? value : next++);
        }
        return stand;
    }
}
