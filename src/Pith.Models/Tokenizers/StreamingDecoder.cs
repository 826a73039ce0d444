using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Pith.Models.Tokenizers;

/// <summary>Turns tokens into text as they come, holding back only bytes of characters that are not complete.</summary>
/// <remarks>The texts returned, joined, equal what <see cref="ITokenizer.Decode"/> gives for the whole sequence when the
/// decoder starts a text; otherwise they are the text that the tokens add in the middle of one, spaces included. Not
/// thread-safe.</remarks>
public sealed class StreamingDecoder
{
    private readonly ITokenizer _tokenizer;
    private readonly byte[] _held = new byte[4];
    private int _heldCount;
    private List<int>? _startIds;

    /// <summary>Starts decoding.</summary>
    /// <param name="tokenizer">Whose tokens come.</param>
    /// <param name="startsText">Whether the first token starts a text, so that the space which some vocabularies put before
    /// every first word is dropped; false when the tokens continue a prompt.</param>
    public StreamingDecoder(ITokenizer tokenizer, bool startsText = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _startIds = startsText ? [] : null;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The token.</param>
    /// <returns>The text that is now certain; may be empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    public string Add(int id)
    {
        var bytes = _tokenizer.TokenBytes(id);
        return Take(_startIds is null ? bytes : AddToStart(id), isLast: false);
    }

    /// <summary>Ends the text: what is held back is not going to be completed.</summary>
    /// <returns>A replacement character U+FFFD for held bytes; empty when there are none.</returns>
    public string Finish() => Take([], isLast: true);

    /// <summary>What is left of the tokens so far when the spaces that a text may not start with are gone.</summary>
    private ReadOnlySpan<byte> AddToStart(int id)
    {
        _startIds!.Add(id);
        var bytes = new List<byte>();
        foreach (var start in _startIds)
            bytes.AddRange(_tokenizer.TokenBytes(start));
        var text = _tokenizer.Decode(CollectionsMarshal.AsSpan(_startIds));
        if (text.Length == 0)
            return [];

        // The two start with different numbers of spaces; the difference is what Decode drops.
        _startIds = null;
        var all = CollectionsMarshal.AsSpan(bytes);
        var dropped = Spaces(all) - (text.Length - text.TrimStart(' ').Length);
        return all[dropped..];
    }

    private static int Spaces(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExcept((byte)' ');
        return end < 0 ? bytes.Length : end;
    }

    private string Take(ReadOnlySpan<byte> bytes, bool isLast)
    {
        if (_heldCount == 0 && Ascii.IsValid(bytes))
            return Encoding.ASCII.GetString(bytes);
        var all = new byte[_heldCount + bytes.Length];
        _held.AsSpan(0, _heldCount).CopyTo(all);
        bytes.CopyTo(all.AsSpan(_heldCount));
        _heldCount = isLast ? 0 : IncompleteTail(all);
        all.AsSpan(all.Length - _heldCount).CopyTo(_held);
        return Encoding.UTF8.GetString(all, 0, all.Length - _heldCount);
    }

    /// <summary>How many bytes at the end start a character that more bytes could complete.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var count = 1; count <= Math.Min(3, bytes.Length); count++)
        {
            var status = Rune.DecodeFromUtf8(bytes[^count..], out _, out var used);
            if (status == OperationStatus.NeedMoreData && used == count)
                return count;
        }

        return 0;
    }
}
