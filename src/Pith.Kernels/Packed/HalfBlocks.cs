using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Reads rows of ggml blocks of 32 numbers with one binary16 scale in front, Q4_0, Q5_0, Q8_0 and IQ4_NL, or a scale and a minimum, Q4_1 and Q5_1.</summary>
/// <remarks>Without minima a record holds normal scales only, which cost least. Where a matrix has subnormal ones, all its scales are stored times
/// one power of two, which is exact; where that does not do, they are numbers (<see cref="HalfNumbers"/>).</remarks>
internal static class HalfBlocks
{
    /// <summary>The bits of 1: the scale of a block of zeros, and of padding.</summary>
    public const ushort One = 0x3C00;

    /// <summary>Columns that share a scale.</summary>
    public const int BlockColumns = 32;

    private const int ScaleBytes = 2;
    private const int UpperBytes = 4;
    private const int Infinity = 0x7C00;
    private const int SmallestExponent = -14;
    private const int LargestExponent = 15;
    private const long OperationsPerBlock = 4;

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(IntegerBlocks view) => HeadBytes(view) + (BlockColumns * view.CodeBits / 8);

    /// <summary>The scale in front of a block.</summary>
    public static Half Scale(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadHalfLittleEndian(block);

    /// <summary>The power of two which makes every scale of a matrix a normal number.</summary>
    /// <param name="packed">The matrix.</param>
    /// <param name="view">Its integers.</param>
    /// <param name="workers">The threads to use.</param>
    /// <returns>Null when a scale is not finite, when they span too much, or when one is zero and no code means zero.</returns>
    public static int? Shift(PackedMatrix packed, IntegerBlocks view, Workers workers)
    {
        var bytes = BlockBytes(view);
        var blocks = packed.Codes.Length / bytes;
        var gate = new Lock();
        var (smallest, largest, isServed) = (SmallestExponent, SmallestExponent, true);
        workers.Run(blocks, OperationsPerBlock * blocks, (first, end) =>
        {
            var (least, most) = (int.MaxValue, 0);
            var bits = packed.Codes.Span;
            for (var block = first; block < end; block++)
            {
                var magnitude = BinaryPrimitives.ReadUInt16LittleEndian(bits[(block * bytes)..]) & 0x7FFF;
                if (magnitude == 0 && view.ZeroCode is not null)
                    continue;
                (least, most) = (Math.Min(least, magnitude), Math.Max(most, magnitude));
            }

            lock (gate)
            {
                isServed &= most < Infinity && least > 0;
                if (least is 0 or int.MaxValue)
                    return;
                smallest = Math.Min(smallest, ExponentOf(least));
                largest = Math.Max(largest, ExponentOf(most));
            }
        });
        var shift = SmallestExponent - smallest;
        return isServed && largest + shift <= LargestExponent ? shift : null;
    }

    /// <summary>A scale as a record stores it.</summary>
    public static ushort Stored(Half scale, int shift) =>
        scale == Half.Zero ? One : BitConverter.HalfToUInt16Bits(shift == 0 ? scale : (Half)MathF.ScaleB((float)scale, shift));

    /// <summary>Unpacks a row.</summary>
    /// <param name="row">Its blocks.</param>
    /// <param name="view">The integers of the format.</param>
    /// <param name="shift">From <see cref="Shift"/>.</param>
    /// <param name="codes">32 a block, one a byte.</param>
    /// <param name="scales">Two bytes a block.</param>
    /// <param name="minima">Likewise; left alone where there are none.</param>
    /// <returns>False when a scale or a minimum is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Unpack(ReadOnlySpan<byte> row, IntegerBlocks view, int shift, Span<byte> codes, Span<byte> scales, Span<byte> minima)
    {
        var (bytes, head, hasMinimum, isNumber) = (BlockBytes(view), HeadBytes(view), view.HasMinimum, view.Scales.IsNumber);
        var halves = MemoryMarshal.Cast<byte, ushort>(scales);
        var least = MemoryMarshal.Cast<byte, ushort>(minima);
        for (int block = 0, at = 0; at < row.Length; block++, at += bytes)
        {
            var own = row.Slice(at, bytes);
            var to = codes.Slice(block * BlockColumns, BlockColumns);
            var scale = Scale(own);
            halves[block] = isNumber ? BitConverter.HalfToUInt16Bits(scale) : Stored(scale, shift);
            if (isNumber && !Half.IsFinite(scale))
                return false;
            if (hasMinimum)
            {
                var minimum = BinaryPrimitives.ReadHalfLittleEndian(own[ScaleBytes..]);
                least[block] = BitConverter.HalfToUInt16Bits(minimum);
                if (!Half.IsFinite(minimum))
                    return false;
            }

            if (!isNumber && scale == Half.Zero)
            {
                to.Fill(view.ZeroCode!.Value);
                continue;
            }

            switch (view.CodeBits)
            {
                case 8:
                    own[head..].CopyTo(to);
                    break;
                case 5:
                    var upper = GgmlVectors.FifthBits(BinaryPrimitives.ReadUInt32LittleEndian(own[head..]));
                    (GgmlVectors.Nibbles(own[(head + UpperBytes)..]) | upper).CopyTo(to);
                    break;
                default:
                    GgmlVectors.Nibbles(own[head..]).CopyTo(to);
                    break;
            }
        }

        return true;
    }

    private static int HeadBytes(IntegerBlocks view) => view.HasMinimum ? 2 * ScaleBytes : ScaleBytes;

    // Magnitudes of halves order like their bits.
    private static int ExponentOf(int magnitude) => MathF.ILogB((float)BitConverter.UInt16BitsToHalf((ushort)magnitude));
}
