using System.Text;
using Pith.Models.Tokenizers;

namespace Pith.TestKit;

/// <summary>A tokenizer one can do by hand: every UTF-8 byte of the text is a token, byte value plus three; 0 unknown, 1 BOS, 2 EOS.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class LetterTokenizer(bool hasBos = true) : ITokenizer
{
    private const int Specials = 3;

    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    /// <inheritdoc/>
    public string Kind => "bytes";

    /// <inheritdoc/>
    public int VocabularySize => Specials + 256;

    /// <inheritdoc/>
    public int? BosId => hasBos ? 1 : null;

    /// <inheritdoc/>
    public int? EosId => 2;

    /// <summary>The tokenizer with the settings that go with it.</summary>
    public static TokenizerBundle Bundle(bool hasBos = true) => new()
    {
        Tokenizer = new LetterTokenizer(hasBos),
        Files = [],
        EosIds = [2],
        AddsBos = hasBos,
    };

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecial = false) => [.. Encoding.UTF8.GetBytes(text).Select(value => value + Specials)];

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
            bytes.AddRange(TokenBytes(id));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return id < Specials ? default : s_bytes.AsSpan(id - Specials, 1);
    }
}
