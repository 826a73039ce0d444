using System.Buffers.Binary;
using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>The compiled rewriting rules of a SentencePiece model: the longest rule that fits is applied at each place.</summary>
/// <remarks>Layout: uint32 size of the trie in bytes, the trie as a double array of uint32 units, then the replacements,
/// each ended by a zero byte. Source: sentencepiece normalizer.cc and darts-clone's unit layout. Thread-safe.</remarks>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads the rules.</summary>
    /// <param name="bytes">The compiled rules.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="PithException">The bytes are shorter than they claim.</exception>
    public CharacterMap(ReadOnlySpan<byte> bytes, string file)
    {
        var size = bytes.Length < 4 ? 0L : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (size < 4 || size % 4 != 0 || size > bytes.Length - 4)
        {
            throw new PithException(
                ModelsErrors.SentencePieceMalformed,
                $"{file}: the rewriting rules claim a trie of {size} bytes and have {bytes.Length} bytes in all.");
        }

        _units = new uint[size / 4];
        for (var i = 0; i < _units.Length; i++)
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        _replacements = bytes[(int)(4 + size)..].ToArray();
    }

    /// <summary>The longest rule that fits at the start of a text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What the matched bytes become.</param>
    /// <returns>How many bytes the rule takes; 0 when none fits.</returns>
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var length = 0;
        var node = Offset(_units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || Label(_units[node]) != text[i])
                break;
            var unit = _units[node];
            node ^= Offset(unit);
            if (node >= _units.Length)
                break;
            if (((unit >> 8) & 1) == 0)
                continue;
            var start = _units[node] & 0x7FFFFFFF;
            if (start > _replacements.Length)
                continue;
            var rest = _replacements.AsSpan((int)start);
            var end = rest.IndexOf((byte)0);
            replacement = end < 0 ? rest : rest[..end];
            length = i + 1;
        }

        return length;
    }

    /// <summary>A text with all rules applied.</summary>
    public string Apply(string text)
    {
        var source = Encoding.UTF8.GetBytes(text);
        var result = new MemoryStream(source.Length + 16);
        for (var at = 0; at < source.Length;)
        {
            var taken = Match(source.AsSpan(at), out var replacement);
            if (taken == 0)
            {
                Rune.DecodeFromUtf8(source.AsSpan(at), out _, out taken);
                replacement = source.AsSpan(at, taken);
            }

            result.Write(replacement);
            at += taken;
        }

        return Encoding.UTF8.GetString(result.GetBuffer(), 0, (int)result.Length);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private static uint Label(uint unit) => unit & 0x800000FF;
}
