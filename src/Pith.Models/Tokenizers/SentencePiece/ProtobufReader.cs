using System.Buffers.Binary;
using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>Walks the fields of one protobuf message.</summary>
/// <remarks>Source: the protobuf encoding specification; groups, long deprecated, are not read.</remarks>
internal ref struct ProtobufReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _file;
    private readonly long _origin;
    private int _at;

    /// <summary>Starts before the first field.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="origin">Where in the file the message starts.</param>
    public ProtobufReader(ReadOnlySpan<byte> bytes, string file, long origin)
    {
        _bytes = bytes;
        _file = file;
        _origin = origin;
    }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of the current field: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.</summary>
    public int WireType { get; private set; }

    /// <summary>Where in the file the reader stands.</summary>
    public readonly long Offset => _origin + _at;

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at >= _bytes.Length)
            return false;
        var tag = Varint();
        WireType = (int)(tag & 7);
        Field = tag >> 3 is > 0 and <= 0x1FFFFFFF ? (int)(tag >> 3) : throw Malformed($"the field number {tag >> 3}");
        return true;
    }

    /// <summary>The value of a varint field.</summary>
    public long Integer()
    {
        Expect(0);
        return unchecked((long)Varint());
    }

    /// <summary>The value of a field of four bytes.</summary>
    public float Single()
    {
        Expect(5);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The bytes of a string, bytes or message field.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(2);
        var length = Varint();
        return length <= (ulong)(_bytes.Length - _at)
            ? Take((int)length)
            : throw Malformed($"a length of {length} with {_bytes.Length - _at} bytes left");
    }

    /// <summary>Passes over the current field.</summary>
    public void Skip()
    {
        switch (WireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Malformed($"the wire type {WireType}");
        }
    }

    private void Expect(int wireType)
    {
        if (WireType != wireType)
            throw Malformed($"wire type {WireType} for field {Field}, which has {wireType}");
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= unchecked((ulong)(part & 0x7F) << shift);
            if (part < 0x80)
                return value;
        }

        throw Malformed("a number of more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw Malformed($"the end, {count - (_bytes.Length - _at)} bytes too soon");
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    private readonly PithException Malformed(string found) =>
        new(ModelsErrors.SentencePieceMalformed, $"{_file}: at byte {Offset}: found {found}.");
}
