using System.Runtime.CompilerServices;

namespace Pith.Kernels.Packed;

/// <summary>Writes the records of one group from its codes, one a byte.</summary>
internal unsafe interface IRecordWriter
{
    /// <summary>What no integer maps to in sign and magnitude: zero has one code.</summary>
    const byte Unknown = 0x80;

    /// <summary>The exponent of a block of zeros: what is stored there says nothing, and this keeps every sum of exponents in range.</summary>
    const byte NeutralExponent = 127;

    /// <summary>Writes all records of a group.</summary>
    /// <param name="record">The first record.</param>
    /// <param name="codes">[16, stride] stored codes.</param>
    /// <param name="exponents">[16, stride / 16] bytes: the scales, four bytes a record.</param>
    /// <param name="stride">A multiple of 64.</param>
    /// <returns>False when a code has no place in a record.</returns>
    bool Write(byte* record, byte* codes, byte* exponents, int stride);

    /// <summary>The exponents of four blocks, the neutral one where all sixteen codes are zero.</summary>
    /// <param name="stored">A byte a block.</param>
    /// <param name="zeros">A bit a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Exponents(uint stored, ulong zeros)
    {
        if (zeros == 0)
            return stored;
        for (var block = 0; block < Tile.Blocks; block++)
        {
            if ((ushort)(zeros >> (16 * block)) == ushort.MaxValue)
                stored = (stored & ~(0xFFu << (8 * block))) | ((uint)NeutralExponent << (8 * block));
        }

        return stored;
    }
}
