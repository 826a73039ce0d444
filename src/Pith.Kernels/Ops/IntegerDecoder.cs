using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.Kernels.Packed;

namespace Pith.Kernels.Ops;

/// <summary>Decodes rows of integers of 2 to 8 bits with one power of two a block, several times as fast as their codec and to the same bits.</summary>
/// <remarks>Sixteen codes become bytes, then integers, by a table for 4 bits and by arithmetic for other widths, then floats, then multiples of
/// the block's unit. What codes and scales stand for is asked of the codec, once for each format. Immutable, hence thread-safe.</remarks>
internal sealed class IntegerDecoder
{
    private const int Step = 16;

    private static readonly ConcurrentDictionary<NumberFormat, IntegerDecoder?> Known = new();

    private readonly int bits;
    private readonly int blockSize;
    private readonly byte signBit;
    private readonly bool isTwosComplement;
    private readonly Vector128<sbyte> table;
    private readonly float[] units = new float[256];

    private IntegerDecoder(FormatCodec codec, IntegerBlocks view)
    {
        bits = codec.Format.ElementBits;
        blockSize = view.BlockSize;
        var layout = new CodeLayout(bits);
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
        IntegerBlocks.Of(format) is { Scales.IsPower: true } view && (view.Values is not null || format.Family != FormatFamily.Mxfp)
            ? new IntegerDecoder(FormatCodecs.For(format), view)
            : null);

    /// <summary>Decodes rows that lie one behind the other.</summary>
    /// <param name="codes">Whole blocks of codes a row.</param>
    /// <param name="scales">One byte a block.</param>
    /// <param name="count">Rows, ≥ 0.</param>
    /// <param name="destination">[count, width]; the width is a multiple of 16 and at most as many numbers as a row has codes.</param>
    public unsafe void Decode(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, int count, Span<float> destination)
    {
        if (count == 0)
            return;
        fixed (byte* c = codes, s = scales)
        fixed (float* d = destination)
        {
            var rows = new Rows(c, codes.Length / count, s, scales.Length / count, count, d, destination.Length / count);
            switch (bits)
            {
                case 2: Run<Codes2>(rows); break;
                case 3: Run<Codes3>(rows); break;
                case 4: Run<Codes4>(rows); break;
                case 5: Run<Codes5>(rows); break;
                case 6: Run<Codes6>(rows); break;
                case 7: Run<Codes7>(rows); break;
                default: Run<Codes8>(rows); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private unsafe void Run<TCodes>(in Rows rows)
        where TCodes : struct, ICodes
    {
        var (isTable, length, own) = (bits == 4, blockSize, table);
        var sign = Vector128.Create(isTwosComplement ? (byte)0 : signBit);
        fixed (float* unit = units)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                var block = rows.Codes + ((nint)row * rows.CodeBytes);
                var scale = rows.Scales + ((nint)row * rows.ScaleBytes);
                var to = rows.Destination + ((nint)row * rows.Width);
                for (int at = 0, inside = 0; at < rows.Width; at += Step)
                {
                    var code = TCodes.Read(block, length, inside);
                    var integers = isTable ? Vector128.ShuffleNative(own, code.AsSByte()) : Signed(code, sign);
                    var (low, high) = Vector128.Widen(integers);
                    var factor = Vector256.Create(unit[*scale]);
                    (Vector256.ConvertToSingle(Vector256.WidenLower(low.ToVector256())) * factor).Store(to + at);
                    (Vector256.ConvertToSingle(Vector256.WidenLower(high.ToVector256())) * factor).Store(to + at + (Step / 2));
                    inside += Step;
                    if (inside == length)
                    {
                        inside = 0;
                        block += length / 8 * bits;
                        scale++;
                    }
                }
            }
        }
    }

    // A sign bit makes the magnitude below it negative; without one, two's complement is what it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Signed(Vector128<byte> code, Vector128<byte> signBit)
    {
        var sign = code & signBit;
        var negative = Vector128.GreaterThan(sign, Vector128<byte>.Zero).AsSByte();
        return ((code ^ sign).AsSByte() ^ negative) - negative;
    }

    // A plane of single bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<byte> Bits(byte* plane, int inside)
    {
        var fields = *(ushort*)(plane + (inside / 8));
        return Vector128.Create(BytePlanes.Expand(fields, 1), BytePlanes.Expand((ulong)fields >> 8, 1)).AsByte();
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

    // Sixteen codes of a block, one a byte, from its planes (CodeLayout). Nothing beyond them is read.
    private unsafe interface ICodes
    {
        static abstract Vector128<byte> Read(byte* block, int blockSize, int inside);
    }

    private readonly unsafe struct Rows(byte* codes, int codeBytes, byte* scales, int scaleBytes, int count, float* destination, int width)
    {
        public readonly byte* Codes = codes;
        public readonly int CodeBytes = codeBytes;
        public readonly byte* Scales = scales;
        public readonly int ScaleBytes = scaleBytes;
        public readonly int Count = count;
        public readonly float* Destination = destination;
        public readonly int Width = width;
    }

    private readonly unsafe struct Codes2 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside)
        {
            var fields = *(uint*)(block + (inside / 4));
            return Vector128.Create(BytePlanes.Expand(fields, 2), BytePlanes.Expand(fields >> 16, 2)).AsByte();
        }
    }

    private readonly unsafe struct Codes3 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside) =>
            Codes2.Read(block, blockSize, inside) | (Bits(block + (blockSize / 4), inside) << 2);
    }

    private readonly unsafe struct Codes4 : ICodes
    {
        // Byte j holds the codes 2j and 2j+1: as a short shifted by four it has one in the low nibble of each of its bytes.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside)
        {
            var pairs = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(block + (inside / 2))).AsByte());
            return (pairs | (pairs << 4)).AsByte() & Vector128.Create((byte)0x0F);
        }
    }

    private readonly unsafe struct Codes5 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside) =>
            Codes4.Read(block, blockSize, inside) | (Bits(block + (blockSize / 2), inside) << 4);
    }

    private readonly unsafe struct Codes6 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside)
        {
            var from = block + (inside / 8 * 6);
            return Vector128.Create(BytePlanes.Expand(*(ulong*)from, 6), BytePlanes.Expand(*(ulong*)(from + 4) >> 16, 6)).AsByte();
        }
    }

    private readonly unsafe struct Codes7 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside)
        {
            var from = block + (inside / 8 * 7);
            return Vector128.Create(BytePlanes.Expand(*(ulong*)from, 7), BytePlanes.Expand(*(ulong*)(from + 6) >> 8, 7)).AsByte();
        }
    }

    private readonly unsafe struct Codes8 : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Read(byte* block, int blockSize, int inside) => Vector128.Load(block + inside);
    }
}
