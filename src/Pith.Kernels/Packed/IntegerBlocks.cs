using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>How a format's values are small integers times a scale for each block, which makes a block's product exact in integers.</summary>
/// <remarks>Of MXINT, BFP and the MX formats whose elements span few binades the scale is a power of two: value = q · 2^(scale byte −
/// 127 − fraction). Q4_0, Q8_0 and IQ4_NL have a binary16 scale. Block sizes are multiples of 16, so that every run of 16
/// columns has one scale.</remarks>
/// <param name="Fraction">Binary digits of q behind the point.</param>
/// <param name="LargestMagnitude">Largest |q|.</param>
/// <param name="BlockSize">Columns that share a scale.</param>
/// <param name="Values">Every value of q where they are at most 16 but too far apart for 4 bits; otherwise null.</param>
internal sealed record IntegerBlocks(int Fraction, int LargestMagnitude, int BlockSize, IReadOnlyList<int>? Values = null)
{
    // Above this the codes of a table and their offset would not fit the 16-bit sums.
    private const int LargestOffset = 31;

    private static readonly int[] Fp4 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
    private static readonly int[] Uneven = [.. UnevenLevels.Steps.ToArray().Select(step => (int)step)];

    /// <summary>Whether a block's scale is a binary16 number among the codes rather than a power of two beside them.</summary>
    public bool HasHalfScales { get; private init; }

    /// <summary>Bits of a stored code where <see cref="HasHalfScales"/>.</summary>
    public int StoredBits { get; private init; }

    /// <summary>The stored code of zero where <see cref="HasHalfScales"/>; null when there is none.</summary>
    public byte? ZeroCode { get; private init; }

    /// <summary>Whether the values of a table keep their sign in the kernel, being too large for an offset.</summary>
    public bool IsSignedTable => Values is not null && LargestMagnitude > LargestOffset;

    /// <summary>The integer view of a format; null when its values have none that fits a signed byte.</summary>
    public static IntegerBlocks? Of(NumberFormat format)
    {
        if (format.IsGgml)
        {
            return format.Family switch
            {
                FormatFamily.Q40 => new IntegerBlocks(0, 8, HalfBlocks.BlockColumns) { HasHalfScales = true, StoredBits = 4, ZeroCode = 8 },
                FormatFamily.Q80 => new IntegerBlocks(0, 127, HalfBlocks.BlockColumns) { HasHalfScales = true, StoredBits = 8, ZeroCode = 0 },
                FormatFamily.Iq4Nl => new IntegerBlocks(0, 127, HalfBlocks.BlockColumns, Uneven) { HasHalfScales = true, StoredBits = 4 },
                _ => null,
            };
        }

        if (format.BlockSize <= 0 || format.BlockSize % Tile.BlockColumns != 0 || format.ScaleBits != 8)
            return null;
        return format.Family switch
        {
            FormatFamily.Mxint when format.ElementBits <= 8 =>
                new IntegerBlocks(format.ElementBits - 2, (1 << (format.ElementBits - 1)) - 1, format.BlockSize),
            FormatFamily.Bfp when format.ElementBits <= 8 =>
                new IntegerBlocks(format.ElementBits - 1, (1 << (format.ElementBits - 1)) - 1, format.BlockSize),
            FormatFamily.Mxfp when format.ElementBits == 4 => new IntegerBlocks(1, 12, format.BlockSize, Fp4),
            FormatFamily.Mxfp when (format.ExponentBits, format.MantissaBits) is (2, 3) => new IntegerBlocks(3, 60, format.BlockSize),
            _ => null,
        };
    }

    /// <summary>The integer of a stored code where <see cref="HasHalfScales"/>.</summary>
    public int IntegerOf(int code) => Values?[code] ?? (StoredBits == 8 ? (sbyte)code : code - 8);
}
