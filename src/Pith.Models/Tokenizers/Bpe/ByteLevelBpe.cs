using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Pith.Models.Tokenizers.Pipeline;

namespace Pith.Models.Tokenizers.Bpe;

/// <summary>Byte-pair encoding over the UTF-8 bytes of a piece.</summary>
/// <remarks>Source: Radford et al. 2019 (GPT-2), section 2.2. Thread-safe.</remarks>
internal sealed class ByteLevelBpe : TokenModel
{
    private const int StackBytes = 256;
    private readonly int[] _byteIds;
    private readonly MergeTable _merges;
    private readonly Dictionary<string, int>? _wholeWords;
    private readonly bool _mapped;
    private readonly int _unknownId;
    private readonly WordCache _cache = new();

    /// <summary>Makes the model.</summary>
    /// <param name="byteIds">Id of the one-byte token of each byte [256]; -1 where there is none.</param>
    /// <param name="merges">What joins.</param>
    /// <param name="wholeWords">Ids by token text in the byte alphabet, when a piece that is a token is taken as it is
    /// without merging (<c>ignore_merges</c>); otherwise null.</param>
    /// <param name="mapped">Whether pieces come in the byte alphabet already rather than as plain text.</param>
    /// <param name="unknownId">Id for bytes without a token; -1 drops them.</param>
    public ByteLevelBpe(
        int[] byteIds, MergeTable merges, Dictionary<string, int>? wholeWords, bool mapped, int unknownId)
    {
        _byteIds = byteIds;
        _merges = merges;
        _wholeWords = wholeWords;
        _mapped = mapped;
        _unknownId = unknownId;
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (piece.Length > WordCache.MaxWordLength)
        {
            EncodeAfresh(piece, ids);
            return;
        }

        var hash = WordCache.Hash(piece);
        var known = _cache.Find(piece, hash);
        if (known is not null)
        {
            ids.AddRange(known.AsSpan());
            return;
        }

        var start = ids.Count;
        EncodeAfresh(piece, ids);
        _cache.Add(piece, hash, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    private void EncodeAfresh(ReadOnlySpan<char> piece, List<int> ids)
    {
        var most = Encoding.UTF8.GetMaxByteCount(piece.Length);
        byte[]? rented = null;
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        EncodeBytes(buffer[..Bytes(piece, buffer)], ids);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void EncodeBytes(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        if (_wholeWords is not null && _wholeWords.TryGetValue(ByteAlphabet.Text(bytes), out var whole))
        {
            ids.Add(whole);
            return;
        }

        var symbols = bytes.Length <= StackBytes ? stackalloc int[bytes.Length] : new int[bytes.Length];
        var count = 0;
        foreach (var value in bytes)
        {
            var id = _byteIds[value];
            if (id < 0)
                id = _unknownId;
            if (id >= 0)
                symbols[count++] = id;
        }

        ids.AddRange(symbols[..BpeMerger.Merge(_merges, symbols[..count])]);
    }

    private int Bytes(ReadOnlySpan<char> piece, Span<byte> buffer)
    {
        if (!_mapped)
            return Encoding.UTF8.GetBytes(piece, buffer);
        var count = 0;
        foreach (var character in piece)
        {
            var value = ByteAlphabet.Byte(character);
            if (value >= 0)
                buffer[count++] = (byte)value;
        }

        return count;
    }
}
