using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Formats;

/// <summary>Packs codes of up to eight bits, one a byte, into the planes of <see cref="CodeLayout"/>, and back, sixteen at a time.</summary>
/// <remarks>For blocks whose length is a multiple of sixteen: then every plane of every block starts at a byte.</remarks>
internal static class BytePlanes
{
    /// <summary>Codes handled at once.</summary>
    public const int Step = 16;

    private const ulong Ones = 0x0101010101010101;

    /// <summary>Writes the codes of one block.</summary>
    /// <param name="codes">A multiple of sixteen codes.</param>
    /// <param name="widths">Widths of the planes, low bits first.</param>
    /// <param name="packed">The bytes of the block.</param>
    public static void Pack(ReadOnlySpan<byte> codes, ReadOnlySpan<int> widths, Span<byte> packed)
    {
        var shift = 0;
        foreach (var width in widths)
        {
            var bytes = 2 * width;
            for (int from = 0, to = 0; from < codes.Length; from += Step, to += bytes)
                PackSixteen(Vector128.LoadUnsafe(in codes[from]), shift, width, packed.Slice(to, bytes));
            packed = packed[(codes.Length / 8 * width)..];
            shift += width;
        }
    }

    /// <summary>Reads the codes of blocks that lie one behind the other.</summary>
    /// <param name="packed">Their bytes.</param>
    /// <param name="widths">Widths of the planes, low bits first; eight bits at most.</param>
    /// <param name="length">Codes of a block, a multiple of sixteen.</param>
    /// <param name="codes">The codes, one a byte.</param>
    /// <param name="lowest">The bit of a byte where a code begins; below are zeros.</param>
    public static void UnpackBlocks(ReadOnlySpan<byte> packed, ReadOnlySpan<int> widths, int length, Span<byte> codes, int lowest = 0)
    {
        if (widths.Length == 1)
            Unpack(packed, widths, codes, lowest);
        else if (widths is [2 or 4, 1])
            UnpackWithUpperBits(packed, widths[0], length, codes, lowest);
        else
            throw new ArgumentException($"no codes of eight bits or less have {widths.Length} such planes", nameof(widths));
    }

    /// <summary>Reads the codes of one block.</summary>
    /// <param name="packed">The bytes of the block.</param>
    /// <param name="widths">Widths of the planes, low bits first.</param>
    /// <param name="codes">A multiple of sixteen codes, one a byte.</param>
    /// <param name="lowest">The bit of a byte where a code begins; below are zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Unpack(ReadOnlySpan<byte> packed, ReadOnlySpan<int> widths, Span<byte> codes, int lowest = 0)
    {
        var shift = lowest;
        foreach (var width in widths)
        {
            var bytes = 2 * width;
            var to = 0;
            if (width == 4 && shift == 0)
                to = UnpackNibbles(packed, codes);
            if (width == 6 && Avx2.IsSupported)
                to = UnpackSixes(packed, codes, shift);
            for (var from = to / Step * bytes; to < codes.Length; to += Step, from += bytes)
            {
                // Eight bytes at a time where there are as many.
                var sixteen = width is 1 or 2 or 7 && from + width + sizeof(ulong) <= packed.Length
                    ? Fields(ref Unsafe.Add(ref MemoryMarshal.GetReference(packed), from), width)
                    : UnpackSixteen(packed[from..], width);
                var fields = Vector128.ShiftLeft(sixteen, shift);
                var below = shift == lowest ? Vector128<byte>.Zero : Vector128.LoadUnsafe(in codes[to]);
                (fields | below).StoreUnsafe(ref codes[to]);
            }

            packed = packed[(codes.Length / 8 * width)..];
            shift += width;
        }
    }

    // Planes of two or four bits and one of one bit: codes of three and five bits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void UnpackWithUpperBits(ReadOnlySpan<byte> packed, int width, int length, Span<byte> codes, int lowest)
    {
        var halves = Vector128.Create(0UL, 0x0101010101010101UL).AsByte();
        var own = Vector128.Create(0x8040201008040201UL).AsByte();
        var upper = Vector128.Create((byte)(1 << (width + lowest)));
        var lowBytes = length / 8 * width;
        ref var low = ref MemoryMarshal.GetReference(packed[..(codes.Length / length * (lowBytes + (length / 8)))]);
        ref var to = ref MemoryMarshal.GetReference(codes);
        for (nuint at = 0; at < (nuint)codes.Length;)
        {
            ref var high = ref Unsafe.Add(ref low, lowBytes);
            for (var end = at + (nuint)length; at < end; at += Step, high = ref Unsafe.Add(ref high, 2), low = ref Unsafe.Add(ref low, 2 * width))
            {
                // Each lane looks at the byte that has its bit.
                var bits = Vector128.CreateScalar(Unsafe.ReadUnaligned<ushort>(ref high)).AsByte();
                var isSet = Vector128.Equals(Vector128.ShuffleNative(bits, halves) & own, own);
                var fields = width == 4 ? Nibbles(Unsafe.ReadUnaligned<ulong>(ref low)) : Pairs(Unsafe.ReadUnaligned<uint>(ref low));
                (Vector128.ShiftLeft(fields, lowest) | (isSet & upper)).StoreUnsafe(ref to, at);
            }

            low = ref high;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Fields(ref byte packed, int width) => Vector128.Create(
        Expand(Unsafe.ReadUnaligned<ulong>(ref packed), width), Expand(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref packed, width)), width)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Nibbles(ulong packed)
    {
        var pairs = Vector128.WidenLower(Vector128.CreateScalar(packed).AsByte());
        return (pairs | Vector128.ShiftLeft(pairs, 4)).AsByte() & Vector128.Create((byte)0x0F);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pairs(uint packed) => Vector128.Create(Expand(packed, 2), Expand(packed >> 16, 2)).AsByte();

    // Thirty-two at a time; the number of codes written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int UnpackNibbles(ReadOnlySpan<byte> packed, Span<byte> codes)
    {
        var count = codes.Length / (2 * Step) * (2 * Step);
        ref var from = ref MemoryMarshal.GetReference(packed[..(count / 2)]);
        ref var to = ref MemoryMarshal.GetReference(codes);
        for (nuint at = 0; at < (nuint)count; at += 2 * Step)
        {
            var bytes = Vector128.LoadUnsafe(ref from, at / 2);
            var pairs = Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
            ((pairs | (pairs << 4)).AsByte() & Vector256.Create((byte)0x0F)).StoreUnsafe(ref to, at);
        }

        return count;
    }

    // Thirty-two at a time, in lanes of four codes in three bytes; the number of codes written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int UnpackSixes(ReadOnlySpan<byte> packed, Span<byte> codes, int shift)
    {
        const byte None = 0x80;
        var spread = Vector128.Create(0, 1, 2, None, 3, 4, 5, None, 6, 7, 8, None, 9, 10, 11, None);
        var triples = Vector256.Create(spread, spread);
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(codes);

        // Sixteen bytes are read for each twelve.
        var count = Math.Min(codes.Length, Math.Max(packed.Length - 4, 0) * 4 / 3) / (2 * Step) * (2 * Step);
        for (nuint at = 0, bytes = 0; at < (nuint)count; at += 2 * Step, bytes += 24)
        {
            var four = Avx2.Shuffle(
                Vector256.Create(Vector128.LoadUnsafe(ref from, bytes), Vector128.LoadUnsafe(ref from, bytes + 12)), triples).AsInt32();
            var fields = (four & Vector256.Create(0x3F)) | ((four << 2) & Vector256.Create(0x3F00))
                | ((four << 4) & Vector256.Create(0x3F0000)) | ((four << 6) & Vector256.Create(0x3F000000));
            (fields << shift).AsByte().StoreUnsafe(ref to, at);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackSixteen(Vector128<byte> codes, int shift, int width, Span<byte> packed)
    {
        switch (width)
        {
            case 8:
                codes.CopyTo(packed);
                break;
            case 4:
                // Bytes a, b as a short b·256 + a: or-ing the short shifted right by four puts b's nibble above a's.
                var low = (codes & Vector128.Create((byte)0x0F)).AsUInt16();
                var pairs = (low | Vector128.ShiftRightLogical(low, 4)) & Vector128.Create((ushort)0xFF);
                BinaryPrimitives.WriteUInt64LittleEndian(packed, Vector128.Narrow(pairs, pairs).AsUInt64().ToScalar());
                break;
            case 1:
                // Into the sign bits, then all sixteen sign bits at once.
                var signs = Vector128.ShiftLeft(codes, 7 - shift).ExtractMostSignificantBits();
                BinaryPrimitives.WriteUInt16LittleEndian(packed, (ushort)signs);
                break;
            default:
                var fields = Vector128.ShiftRightLogical(codes, shift).AsUInt64();
                WriteBytes(packed, Compress(fields.GetElement(0), width), width);
                WriteBytes(packed[width..], Compress(fields.GetElement(1), width), width);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> UnpackSixteen(ReadOnlySpan<byte> packed, int width)
    {
        switch (width)
        {
            case 8:
                return Vector128.Create(packed[..Step]);
            case 4:
                return Nibbles(BinaryPrimitives.ReadUInt64LittleEndian(packed));
            default:
                return Vector128.Create(Expand(ReadBytes(packed, width), width), Expand(ReadBytes(packed[width..], width), width)).AsByte();
        }
    }

    // The low `width` bits of each byte, put together.
    private static ulong Compress(ulong bytes, int width)
    {
        var mask = Ones * (uint)((1 << width) - 1);
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitExtract(bytes, mask);
        ulong packed = 0;
        for (var i = 7; i >= 0; i--)
            packed = (packed << width) | ((bytes >> (8 * i)) & (uint)((1 << width) - 1));
        return packed;
    }

    /// <summary>Eight fields of a width, the lowest first, one a byte; bits above them do not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Expand(ulong packed, int width)
    {
        var mask = (1u << width) - 1;
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitDeposit(packed, Ones * mask);
        ulong bytes = 0;
        for (var i = 7; i >= 0; i--)
            bytes = (bytes << 8) | ((packed >> (width * i)) & mask);
        return bytes;
    }

    private static void WriteBytes(Span<byte> packed, ulong value, int count)
    {
        for (var i = 0; i < count; i++)
            packed[i] = (byte)(value >> (8 * i));
    }

    // More than asked for where there is more: what is above does not matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadBytes(ReadOnlySpan<byte> packed, int count)
    {
        if (packed.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64LittleEndian(packed);
        ulong value = 0;
        for (var i = 0; i < count; i++)
            value |= (ulong)packed[i] << (8 * i);
        return value;
    }
}
