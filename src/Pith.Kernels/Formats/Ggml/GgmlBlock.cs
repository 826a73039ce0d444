using System.Buffers.Binary;

namespace Pith.Kernels.Formats;

/// <summary>One block type of ggml: how its bytes become numbers, and numbers its bytes.</summary>
/// <remarks>Layouts: docs/rationale/gguf.md, after the block structures of github ggml-org/ggml; everything is little-endian. Decoding
/// does the arithmetic of a block's definition in single precision, in its order. Immutable, hence thread-safe.</remarks>
/// <param name="values">Numbers in a block.</param>
/// <param name="bytes">Bytes of a block.</param>
internal abstract class GgmlBlock(int values, int bytes)
{
    /// <summary>Numbers in a block.</summary>
    public int Values { get; } = values;

    /// <summary>Bytes of a block.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>The numbers of a block. Any bytes give some numbers.</summary>
    /// <param name="block"><see cref="Bytes"/> bytes.</param>
    /// <param name="values"><see cref="Values"/> numbers.</param>
    public abstract void Decode(ReadOnlySpan<byte> block, Span<float> values);

    /// <summary>Whether parts have offsets.</summary>
    public virtual bool HasOffsets => false;

    /// <summary>Takes blocks apart; what <see cref="GgmlParts"/> says of the parts gives the numbers of <see cref="Decode"/>.</summary>
    /// <param name="blocks">Whole blocks.</param>
    /// <param name="parts">Room for their parts.</param>
    public abstract void TakeApart(ReadOnlySpan<byte> blocks, GgmlParts parts);

    /// <summary>The bytes of a block.</summary>
    /// <param name="values"><see cref="Values"/> finite numbers.</param>
    /// <param name="importance">Weights of the squared error, one a number, where the type's encoder searches.</param>
    /// <param name="block"><see cref="Bytes"/> bytes, all of them written.</param>
    public abstract void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block);

    /// <summary>Reads a binary16 number.</summary>
    protected static float ReadHalf(ReadOnlySpan<byte> block, int at) =>
        (float)BitConverter.UInt16BitsToHalf(BinaryPrimitives.ReadUInt16LittleEndian(block[at..]));

    /// <summary>Writes a binary16 number, and returns what a reader will see. Beyond the largest one it saturates: an infinite
    /// scale would make the whole block NaN.</summary>
    protected static float WriteHalf(Span<byte> block, int at, float value)
    {
        var half = (Half)Math.Clamp(value, (float)Half.MinValue, (float)Half.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(block[at..], BitConverter.HalfToUInt16Bits(half));
        return (float)half;
    }

    /// <summary>1/x; 0 where x is 0 or so small that the inverse is not finite.</summary>
    protected static float Inverse(float value) => float.IsFinite(1 / value) ? 1 / value : 0;
}
