using Pith.Core.Formats;

namespace Pith.Kernels.Packed;

/// <summary>How a format's values are small integers times a power of two: value = q · 2^(scale byte − 127 − fraction).</summary>
/// <remarks>True of MXINT, BFP and the MX formats whose elements span few binades; block sizes are multiples of 16, so that
/// every run of 16 columns has one exponent. This is what lets a block's product be exact integer arithmetic.</remarks>
/// <param name="Fraction">Binary digits of q behind the point.</param>
/// <param name="LargestMagnitude">Largest |q|.</param>
/// <param name="BlockSize">Columns that share a scale byte.</param>
/// <param name="Values">Every value of q where they are at most 16 but too far apart for 4 bits; otherwise null.</param>
internal sealed record IntegerBlocks(int Fraction, int LargestMagnitude, int BlockSize, IReadOnlyList<int>? Values = null)
{
    private static readonly int[] Fp4 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>The integer view of a format; null when its values have none that fits a signed byte.</summary>
    public static IntegerBlocks? Of(NumberFormat format)
    {
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
}
