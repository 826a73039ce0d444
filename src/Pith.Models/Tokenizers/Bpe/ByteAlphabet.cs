using System.Text;

namespace Pith.Models.Tokenizers.Bpe;

/// <summary>The printable character that stands for each byte in byte-level vocabularies.</summary>
/// <remarks>Source: <c>bytes_to_unicode</c> of OpenAI's GPT-2 encoder: the 188 printable bytes of Latin-1 stand for
/// themselves, the other 68, in order, for U+0100 … U+0143. Immutable and thread-safe.</remarks>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = BuildCharacters();
    private static readonly short[] s_bytes = BuildBytes();

    /// <summary>The character of a byte.</summary>
    public static char Character(byte value) => s_characters[value];

    /// <summary>The byte of a character; -1 when the character stands for none.</summary>
    public static int Byte(char character) => character < s_bytes.Length ? s_bytes[character] : -1;

    /// <summary>The bytes that a token's text stands for; null when some character stands for no byte.</summary>
    public static byte[]? TryBytes(ReadOnlySpan<char> token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = Byte(token[i]);
            if (value < 0)
                return null;
            bytes[i] = (byte)value;
        }

        return bytes;
    }

    /// <summary>The characters that stand for some bytes.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            text.Append(s_characters[value]);
        return text.ToString();
    }

    private static char[] BuildCharacters()
    {
        var characters = new char[256];
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
            characters[value] = printable ? (char)value : (char)next++;
        }

        return characters;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
            bytes[s_characters[value]] = (short)value;
        return bytes;
    }
}
