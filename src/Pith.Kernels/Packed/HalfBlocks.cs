using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>Reads rows of ggml blocks of 32 numbers with one binary16 scale in front: Q4_0, Q8_0, IQ4_NL.</summary>
/// <remarks>A record holds normal scales only. Where a matrix has subnormal ones, all its scales are stored times one power of two,
/// which is exact.</remarks>
internal static class HalfBlocks
{
    /// <summary>The bits of 1: the scale of a block of zeros, and of padding.</summary>
    public const ushort One = 0x3C00;

    /// <summary>Columns that share a scale.</summary>
    public const int BlockColumns = 32;

    private const int ScaleBytes = 2;
    private const int SmallestExponent = -14;
    private const int LargestExponent = 15;
    private const long OperationsPerBlock = 4;

    /// <summary>Bytes of a block whose codes have a width.</summary>
    /// <param name="codeBits">4 or 8.</param>
    public static int BlockBytes(int codeBits) => ScaleBytes + (BlockColumns * codeBits / 8);

    /// <summary>The scale in front of a block.</summary>
    public static Half Scale(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadHalfLittleEndian(block);

    /// <summary>The power of two which makes every scale of a matrix a normal number.</summary>
    /// <param name="packed">The matrix.</param>
    /// <param name="view">Its integers.</param>
    /// <param name="workers">The threads to use.</param>
    /// <returns>Null when a scale is not finite, when they span too much, or when one is zero and no code means zero.</returns>
    public static int? Shift(PackedMatrix packed, IntegerBlocks view, Workers workers)
    {
        var bytes = BlockBytes(view.StoredBits);
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
                isServed &= most < 0x7C00 && least > 0;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(ReadOnlySpan<byte> row, IntegerBlocks view, int shift, Span<byte> codes, Span<byte> scales)
    {
        var bytes = BlockBytes(view.StoredBits);
        var halves = MemoryMarshal.Cast<byte, ushort>(scales);
        var nibble = Vector128.Create((byte)0x0F);
        for (int block = 0, at = 0; at < row.Length; block++, at += bytes)
        {
            var own = row.Slice(at, bytes);
            var to = codes.Slice(block * BlockColumns, BlockColumns);
            var scale = Scale(own);
            halves[block] = Stored(scale, shift);
            if (scale == Half.Zero)
            {
                to.Fill(view.ZeroCode!.Value);
            }
            else if (view.StoredBits == 8)
            {
                own[ScaleBytes..].CopyTo(to);
            }
            else
            {
                var pairs = Vector128.Create(own.Slice(ScaleBytes, 16));
                (pairs & nibble).CopyTo(to);
                ((pairs >>> 4) & nibble).CopyTo(to[16..]);
            }
        }
    }

    // Magnitudes of halves order like their bits.
    private static int ExponentOf(int magnitude) => MathF.ILogB((float)BitConverter.UInt16BitsToHalf((ushort)magnitude));
}
