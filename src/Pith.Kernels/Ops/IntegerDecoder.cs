using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Ops;

/// <summary>Decodes rows of integers of 2 to 8 bits with one power of two a block, several times as fast as their codec and to the same bits.</summary>
/// <remarks>Sixteen codes become bytes, by a table for 4 bits and by arithmetic for other widths, then floats, then multiples of the block's
/// unit. What codes and scales stand for is asked of the codec, once for each format. Immutable, hence thread-safe.</remarks>
internal sealed class IntegerDecoder
{
    private const int Step = 16;
    private const int LongestBlock = 256;

    private static readonly ConcurrentDictionary<NumberFormat, IntegerDecoder?> Known = new();

    private readonly int bits;
    private readonly int blockSize;
    private readonly int[] planes;
    private readonly byte signBit;
    private readonly bool isTwosComplement;
    private readonly Vector128<sbyte> table;
    private readonly float[] units = new float[256];

    private IntegerDecoder(FormatCodec codec, IntegerBlocks view)
    {
        bits = codec.Format.ElementBits;
        blockSize = view.BlockSize;
        var layout = new CodeLayout(bits);
        planes = [.. layout.Planes];
        signBit = (byte)(1 << (bits - 1));
        var scaleOfOne = (byte)(127 + view.Fraction);
        var integers = Enumerable.Range(0, 1 << bits).Select(code => (sbyte)ValueOf(codec, layout, code, scaleOfOne)).ToList();
        isTwosComplement = integers[^1] == -1 && bits > 2;
        for (var code = 0; code < Step && bits == 4; code++)
            table = table.WithElement(code, integers[code]);
        for (var scale = 0; scale < units.Length; scale++)
            units[scale] = ValueOf(codec, layout, integers.IndexOf(1), (byte)scale);
    }

    /// <summary>The decoder of a codec's rows; null where the format is of another kind.</summary>
    public static IntegerDecoder? TryCreate(FormatCodec codec) => Known.GetOrAdd(codec.Format, static format =>
        IntegerBlocks.Of(format) is { BlockSize: <= LongestBlock, HasHalfScales: false } view && (view.Values is not null || format.Family != FormatFamily.Mxfp)
            ? new IntegerDecoder(FormatCodecs.For(format), view)
            : null);

    /// <summary>Decodes one row.</summary>
    /// <param name="codes">Whole blocks of codes.</param>
    /// <param name="scales">One byte a block.</param>
    /// <param name="destination">A multiple of 16 numbers, at most as many as there are codes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Decode(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination)
    {
        Span<byte> unpacked = stackalloc byte[LongestBlock];
        var blockBytes = blockSize / 8 * bits;
        for (var i = 0; i < destination.Length; i += Step)
        {
            var (block, inside) = Math.DivRem(i, blockSize);
            if (bits is not (4 or 8) && inside == 0)
                BytePlanes.Unpack(codes.Slice(block * blockBytes, blockBytes), planes, unpacked[..blockSize]);
            var integers = bits switch
            {
                4 => Nibbles(codes.Slice(i / 2, Step / 2)),
                8 => Signed(codes.Slice(i, Step)),
                _ => Signed(unpacked.Slice(inside, Step)),
            };
            var (low, high) = Vector128.Widen(integers);
            var unit = Vector256.Create(units[scales[block]]);
            (Vector256.ConvertToSingle(Vector256.WidenLower(low.ToVector256())) * unit).CopyTo(destination[i..]);
            (Vector256.ConvertToSingle(Vector256.WidenLower(high.ToVector256())) * unit).CopyTo(destination[(i + (Step / 2))..]);
        }
    }

    // Byte j holds the codes 2j and 2j+1: as a short shifted by four it has one in the low nibble of each of its bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<sbyte> Nibbles(ReadOnlySpan<byte> codes)
    {
        var pairs = Vector128.WidenLower(Vector64.Create(codes).ToVector128());
        var single = (pairs | Vector128.ShiftLeft(pairs, 4)).AsByte() & Vector128.Create((byte)0x0F);
        return Vector128.ShuffleNative(table, single.AsSByte());
    }

    // Two's complement of 8 bits is what it is; a sign bit makes the magnitude below it negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<sbyte> Signed(ReadOnlySpan<byte> codes)
    {
        var code = Vector128.Create(codes);
        if (isTwosComplement)
            return code.AsSByte();
        var sign = code & Vector128.Create(signBit);
        var negative = Vector128.Equals(sign, Vector128.Create(signBit)).AsSByte();
        return ((code ^ sign).AsSByte() ^ negative) - negative;
    }

    // The first element of a block.
    private static float ValueOf(FormatCodec codec, CodeLayout layout, int code, byte scale)
    {
        var length = codec.Format.BlockSize;
        var codes = new ushort[length];
        codes[0] = (ushort)code;
        var row = new byte[codec.CodeBytes(length)];
        layout.Pack(codes, row, 0);
        var values = new float[length];
        codec.Decode(row, [scale], values);
        return values[0];
    }
}
