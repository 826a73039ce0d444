using System.Globalization;
using System.Text;
using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tokenizers.Json;

/// <summary>How the text of a vocabulary entry becomes the bytes it adds to a decoded text.</summary>
/// <remarks>Every decoder that is read acts token by token, but for the spaces it drops at the very start.</remarks>
internal sealed class DecodeRule
{
    /// <summary>Words that follow the word before them without a space. Source: <c>cleanup</c> in Hugging Face's
    /// tokenizers, as far as it acts on single entries.</summary>
    private static readonly HashSet<string> s_attached =
        new(StringComparer.Ordinal) { ".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re" };

    /// <summary>Whether entries are written in the byte alphabet.</summary>
    public bool IsByteLevel { get; set; }

    /// <summary>Whether entries like <c>&lt;0x0A&gt;</c> stand for one byte.</summary>
    public bool HasByteFallback { get; set; }

    /// <summary>Replacements inside each entry, in order.</summary>
    public List<(string From, string To)> Replacements { get; } = [];

    /// <summary>What marks entries that continue a word, all others starting one; null when entries are not words.</summary>
    public string? ContinuationPrefix { get; set; }

    /// <summary>Whether no space goes before the marks that <see cref="s_attached"/> lists.</summary>
    public bool IsCleaned { get; set; }

    /// <summary>Whether entries are words with a space between any two.</summary>
    public bool IsSpaced { get; set; }

    /// <summary>How many spaces at the very start of a decoded text are dropped.</summary>
    public int LeadingSpaces { get; set; }

    /// <summary>The byte that an entry such as <c>&lt;0x0A&gt;</c> stands for; -1 when it is no such entry.</summary>
    public static int FallbackByte(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : -1;

    /// <summary>The bytes of an entry.</summary>
    public byte[] Bytes(string token)
    {
        if (IsByteLevel && ByteAlphabet.TryBytes(token) is { } bytes)
            return bytes;
        if (HasByteFallback && FallbackByte(token) is >= 0 and var value)
            return [(byte)value];
        foreach (var (from, to) in Replacements)
            token = token.Replace(from, to, StringComparison.Ordinal);
        if (ContinuationPrefix is not null)
        {
            token = token.StartsWith(ContinuationPrefix, StringComparison.Ordinal)
                ? token[ContinuationPrefix.Length..]
                : IsCleaned && s_attached.Contains(token) ? token : " " + token;
        }
        else if (IsSpaced)
        {
            token = " " + token;
        }

        return Encoding.UTF8.GetBytes(token);
    }
}
