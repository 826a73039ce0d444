using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A plane with the uppermost bit of each code: a vector for two blocks, bit 4b + v of a byte being that of vector v of block b of the two.</summary>
internal static unsafe class UpperBits
{
    /// <summary>Codes with their uppermost bits.</summary>
    /// <param name="codes">The lower bits of a block.</param>
    /// <param name="plane">The plane.</param>
    /// <param name="block">0 … 3.</param>
    /// <param name="to">The place of the uppermost bit in a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes512 Join(in Codes512 codes, byte* plane, int block, int to)
    {
        var bits = Vector512.Load(plane + (block / 2 * Tile.VectorBytes)).AsUInt16();
        return new Codes512(
            codes.V0 | Move(bits, block % 2 * 4, to),
            codes.V1 | Move(bits, (block % 2 * 4) + 1, to),
            codes.V2 | Move(bits, (block % 2 * 4) + 2, to),
            codes.V3 | Move(bits, (block % 2 * 4) + 3, to));
    }

    /// <summary>The same for eight rows.</summary>
    /// <param name="codes">The lower bits of a block.</param>
    /// <param name="plane">The plane.</param>
    /// <param name="block">0 … 3.</param>
    /// <param name="half">0 for rows 0–7, 1 for rows 8–15.</param>
    /// <param name="to">The place of the uppermost bit in a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codes256 Join(in Codes256 codes, byte* plane, int block, int half, int to)
    {
        var bits = Vector256.Load(plane + (block / 2 * Tile.VectorBytes) + (half * 32)).AsUInt16();
        return new Codes256(
            codes.V0 | Move(bits, block % 2 * 4, to),
            codes.V1 | Move(bits, (block % 2 * 4) + 1, to),
            codes.V2 | Move(bits, (block % 2 * 4) + 2, to),
            codes.V3 | Move(bits, (block % 2 * 4) + 3, to));
    }

    // Shifts of 16-bit lanes: what comes from the neighbouring byte is masked away. Arguments that are no variables make the shifts constant
    // for the compiler; through a variable each is a register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Move(Vector512<ushort> bits, int from, int to) =>
        (from > to ? bits >>> (from - to) : bits << (to - from)).AsByte() & Vector512.Create((byte)(1 << to));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Move(Vector256<ushort> bits, int from, int to) =>
        (from > to ? bits >>> (from - to) : bits << (to - from)).AsByte() & Vector256.Create((byte)(1 << to));
}
