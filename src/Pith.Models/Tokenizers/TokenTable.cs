using System.Text;

namespace Pith.Models.Tokenizers;

/// <summary>What each id adds to a decoded text.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class TokenTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly int _leadingSpaces;
    private readonly int _unknownId;

    /// <summary>Lays the bytes of all tokens end to end.</summary>
    /// <param name="tokens">Bytes by id; null or empty for ids that add nothing (special tokens, gaps).</param>
    /// <param name="leadingSpaces">How many spaces at the very start of a decoded text are dropped.</param>
    /// <param name="unknownId">Id of the unknown token, whose spaces stay; -1 for none.</param>
    public TokenTable(IReadOnlyList<byte[]?> tokens, int leadingSpaces, int unknownId = -1)
    {
        _starts = new int[tokens.Count + 1];
        for (var id = 0; id < tokens.Count; id++)
            _starts[id + 1] = _starts[id] + (tokens[id]?.Length ?? 0);
        _bytes = new byte[_starts[^1]];
        for (var id = 0; id < tokens.Count; id++)
            tokens[id]?.CopyTo(_bytes, _starts[id]);
        _leadingSpaces = leadingSpaces;
        _unknownId = unknownId;
    }

    /// <summary>Number of ids.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The bytes which a token adds in the middle of a text.</summary>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        if (id < 0 || id >= Count)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"An id must lie in 0 … {Count - 1}.");
        return _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]);
    }

    /// <summary>The text of a whole sequence; invalid UTF-8 becomes U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var length = 0;
        foreach (var id in ids)
            length += Bytes(id).Length;
        var bytes = new byte[length];
        var at = 0;
        foreach (var id in ids)
        {
            var token = Bytes(id);
            token.CopyTo(bytes.AsSpan(at));
            at += token.Length;
        }

        var start = LeadingSpaces(ids);
        return Encoding.UTF8.GetString(bytes, start, length - start);
    }

    private int LeadingSpaces(ReadOnlySpan<int> ids)
    {
        var dropped = 0;
        foreach (var id in ids)
        {
            var token = Bytes(id);
            for (var at = 0; at < token.Length; at++, dropped++)
            {
                if (dropped == _leadingSpaces || token[at] != (byte)' ' || id == _unknownId)
                    return dropped;
            }
        }

        return dropped;
    }
}
