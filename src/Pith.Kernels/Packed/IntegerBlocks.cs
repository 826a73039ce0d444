using Pith.Core.Formats;
using Pith.Kernels.Formats;

namespace Pith.Kernels.Packed;

/// <summary>How a format's values are small integers times a scale for each block, which makes a block's product exact in integers.</summary>
/// <remarks>Of MXINT, BFP and the MX formats whose elements span few binades the scale is a power of two: value = q · 2^(scale byte −
/// 127 − fraction); of NVFP4 it is an E4M3 number and one binary32 number for the matrix; of the ggml types binary16 numbers or counts of them, some
/// with a minimum: value = scale · q + minimum. Block sizes are multiples of 16, so that every run of 16 columns has one scale.</remarks>
/// <param name="Scales">The form of the scales.</param>
/// <param name="CodeBits">Bits of a code in a record: 2, 3, 4, 5, 6 or 8.</param>
/// <param name="BlockSize">Columns that share what is stored beside the codes.</param>
internal sealed record IntegerBlocks(RecordScales Scales, int CodeBits, int BlockSize)
{
    // Above this the codes of a table and their offset would not fit the 16-bit sums.
    private const int LargestOffset = 31;
    private const int SuperColumns = 256;

    private static readonly int[] Fp4 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
    private static readonly int[] Uneven = [.. UnevenLevels.Steps.ToArray().Select(step => (int)step)];

    /// <summary>Binary digits of q behind the point.</summary>
    public int Fraction { get; private init; }

    /// <summary>Every value of q where they are at most 16 but too far apart for 4 bits; otherwise null.</summary>
    public IReadOnlyList<int>? Values { get; private init; }

    /// <summary>Whether a block is one of ggml's, with its scales among the codes.</summary>
    public bool IsGgml { get; private init; }

    /// <summary>Whether a block is one of ggml's of 256 numbers.</summary>
    public bool IsSuper => IsGgml && BlockSize == SuperColumns;

    /// <summary>Whether a value has a minimum added.</summary>
    public bool HasMinimum => Scales.BlocksPerMinimum > 0;

    /// <summary>Whether the values of a table keep their sign in the kernel, being too large for an offset.</summary>
    public bool IsSignedTable => Values is not null && LargestMagnitude > LargestOffset;

    /// <summary>Largest |q|.</summary>
    public int LargestMagnitude { get; private init; }

    /// <summary>Added to a code's integer to make it non-negative; 0 for signs and magnitudes.</summary>
    public int Offset => IsSignedTable || HasMinimum || CodeBits == 8 ? 0 : Values is not null ? LargestMagnitude : 1 << (CodeBits - 1);

    /// <summary>The stored code of zero; null when there is none.</summary>
    public byte? ZeroCode => !IsGgml ? 0 : Values is not null ? null : (byte)Offset;

    /// <summary>The integer view of a format; null when its values have none that fits a signed byte.</summary>
    public static IntegerBlocks? Of(NumberFormat format)
    {
        if (format.IsGgml)
            return OfGgml(format.Family);
        if (format.BlockSize <= 0 || format.BlockSize % Tile.BlockColumns != 0 || format.ScaleBits != 8)
            return null;
        return format.Family switch
        {
            FormatFamily.Mxint when format.ElementBits <= 8 => Powers(format, format.ElementBits - 2, (1 << (format.ElementBits - 1)) - 1),
            FormatFamily.Bfp when format.ElementBits <= 8 => Powers(format, format.ElementBits - 1, (1 << (format.ElementBits - 1)) - 1),
            FormatFamily.Mxfp when format.ElementBits == 4 => Powers(format, 1, 12) with { CodeBits = 4, Values = Fp4 },
            FormatFamily.Mxfp when (format.ExponentBits, format.MantissaBits) is (2, 3) => Powers(format, 3, 60),
            FormatFamily.Nvfp4 => new IntegerBlocks(RecordScales.Of<SmallScales>(), 4, format.BlockSize) { Fraction = 1, Values = Fp4, LargestMagnitude = 12 },
            _ => null,
        };
    }

    /// <summary>The integer of a stored code of ggml's.</summary>
    public int IntegerOf(int code) => Values?[code] ?? (CodeBits == 8 ? (sbyte)code : code - Offset);

    /// <summary>The integer of a code of a record.</summary>
    public int FromRecord(int code) => Values?[code] ?? (CodeBits != 8 ? code - Offset : code < 0x80 ? code : 0x80 - code);

    private static IntegerBlocks? OfGgml(FormatFamily family)
    {
        const int Columns = HalfBlocks.BlockColumns;
        var (halves, ranges) = (RecordScales.Of<HalfScales>(), RecordScales.Of<HalfRanges>());
        var (counts, wide) = (RecordScales.Of<SignedCounts>(), RecordScales.Of<WideRanges>());
        return family switch
        {
            FormatFamily.Q40 => Ggml(halves, 4, Columns, 8),
            FormatFamily.Q41 => Ggml(ranges, 4, Columns, 15),
            FormatFamily.Q50 => Ggml(halves, 5, Columns, 16),
            FormatFamily.Q51 => Ggml(ranges, 5, Columns, 31),
            FormatFamily.Q80 => Ggml(halves, 8, Columns, 127),
            FormatFamily.Iq4Nl => Ggml(halves, 4, Columns, 127) with { Values = Uneven },
            FormatFamily.Q2K => Ggml(RecordScales.Of<NarrowRanges>(), 2, SuperColumns, 3),
            FormatFamily.Q3K => Ggml(counts, 3, SuperColumns, 4),
            FormatFamily.Q4K => Ggml(wide, 4, SuperColumns, 15),
            FormatFamily.Q5K => Ggml(wide, 5, SuperColumns, 31),
            FormatFamily.Q6K => Ggml(counts, 6, SuperColumns, 32),
            FormatFamily.Iq4Xs => Ggml(counts, 4, SuperColumns, 127) with { Values = Uneven },
            _ => null,
        };
    }

    private static IntegerBlocks Ggml(RecordScales scales, int codeBits, int columns, int largest) =>
        new(scales, codeBits, columns) { IsGgml = true, LargestMagnitude = largest };

    private static IntegerBlocks Powers(NumberFormat format, int fraction, int largest) =>
        new(RecordScales.Of<PowerScales>(), WidthOf(largest), format.BlockSize) { Fraction = fraction, LargestMagnitude = largest };

    // The narrowest records for q + offset; 8 bits are sign and magnitude.
    private static int WidthOf(int largest) => largest <= 31 ? Math.Max(2, int.Log2(largest) + 2) : 8;
}
