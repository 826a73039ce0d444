namespace Pith.Core.Formats;

/// <summary>A number format: the bits of an element, the block which shares a scale, and the rules of the encoder.</summary>
/// <remarks>A value: two formats are equal when they encode every tensor to the same bits. Bits per value is a property of it,
/// so files, kernels and density figures cannot disagree. Immutable, hence thread-safe. Written and read in one text form,
/// see <see cref="Parse"/>, which is the only way to make one, so that every instance has a codec. Source: the block-format paper (arXiv 2310.05079) and the OCP MX specification v1.0.</remarks>
public sealed record NumberFormat
{
    /// <summary>Blocks that span a whole row.</summary>
    public const int WholeRow = -1;

    internal NumberFormat()
    {
    }

    /// <summary>The identity: 32-bit floating point.</summary>
    public static NumberFormat Float32 { get; } = Parse("fp32");

    /// <summary>The family which gives the bits their meaning.</summary>
    public FormatFamily Family { get; internal init; }

    /// <summary>Bits of one element including the sign, 2 … 32.</summary>
    public int ElementBits { get; internal init; }

    /// <summary>Exponent bits of an element; 0 where elements are integers.</summary>
    public int ExponentBits { get; internal init; }

    /// <summary>Mantissa bits of an element without sign and implicit bit; for integer elements the magnitude bits.</summary>
    public int MantissaBits { get; internal init; }

    /// <summary>Fraction bits of a fixed-point format; null when they are calibrated for each tensor, or for other families.</summary>
    public int? FractionBits { get; internal init; }

    /// <summary>Elements that share a scale, consecutive along a row; 0 when nothing is shared, <see cref="WholeRow"/> for a row.</summary>
    public int BlockSize { get; internal init; }

    /// <summary>Bits of a block's shared scale; 0 when nothing is shared.</summary>
    public int ScaleBits { get; internal init; }

    /// <summary>How the scale of a block is chosen.</summary>
    public ScaleRule Rule { get; internal init; }

    /// <summary>Whether encoding follows the reference implementation's behaviour bit by bit instead of correct rounding.</summary>
    public bool IsCompat { get; internal init; }

    /// <summary>Whether a tensor stores one binary32 scale beside its blocks (NVFP4).</summary>
    public bool HasTensorScale => Family == FormatFamily.Nvfp4;

    /// <summary>Whether encoding needs the largest magnitude of the whole tensor first: NVFP4, and fixed point with calibrated
    /// fraction bits.</summary>
    public bool HasTensorParameter => HasTensorScale || (Family == FormatFamily.Fixed && FractionBits is null);

    /// <summary>Whether elements are stored as they are, with no blocks and no rounding below 16 bits.</summary>
    public bool IsWide => Family is FormatFamily.Float32 or FormatFamily.BFloat16 or FormatFamily.Float16;

    /// <summary>Whether a block with a NaN or an infinity becomes a NaN block (OCP MX) rather than an error.</summary>
    public bool HasNanScale => Family == FormatFamily.Mxfp || (Family == FormatFamily.Mxint && ElementBits == 8);

    /// <summary>Whether it is a block type of ggml, whose scales lie among the codes; text forms <c>q4_0</c>, <c>q6_k</c>, <c>iq4_nl</c>, ….</summary>
    public bool IsGgml => Family >= FormatFamily.Q80;

    /// <summary>Whether a block's scale is a byte stored apart from the codes.</summary>
    public bool HasScaleBytes => ScaleBits > 0 && !IsGgml;

    /// <summary>Elements in a block of a row of <paramref name="columns"/> elements; the last block of a row may be ragged.</summary>
    public int BlockLength(int columns) => BlockSize is 0 or WholeRow ? columns : BlockSize;

    /// <summary>Blocks in a row of <paramref name="columns"/> elements.</summary>
    public int BlocksPerRow(int columns) => columns == 0 ? 0 : ((columns - 1) / BlockLength(columns)) + 1;

    /// <summary>Stored bits of one row: every block counts as a full one, the row is padded to a byte.</summary>
    /// <param name="columns">Elements in the row, ≥ 0.</param>
    public long RowBits(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var bits = (long)BlocksPerRow(columns) * (((long)BlockLength(columns) * ElementBits) + ScaleBits);
        return (bits + 7) / 8 * 8;
    }

    /// <summary>Stored bits of a tensor of shape [rows, columns], the tensor's own parameter included.</summary>
    public long StoredBits(long rows, int columns) => (rows * RowBits(columns)) + (HasTensorParameter ? 32 : 0);

    /// <summary>Bits of one value in a long row: element bits plus the value's share of the block scale.</summary>
    public double BitsPerValue => BlockSize > 0 ? ElementBits + ((double)ScaleBits / BlockSize) : ElementBits;

    /// <summary>Reads the text form.</summary>
    /// <param name="text">For example <c>mxint4:16</c>, <c>bfp6:16@compat</c>, <c>mxfp8e4m3:32@mse</c>, <c>fixed8.7</c>.</param>
    /// <exception cref="Diagnostics.PithException">The text names no format (<see cref="CoreErrors.UnknownFormat"/>).</exception>
    public static NumberFormat Parse(string text) => FormatText.Parse(text);

    /// <summary>Reads the text form; false when the text names no format.</summary>
    public static bool TryParse(string text, out NumberFormat? format) => FormatText.TryParse(text, out format, out _);

    /// <summary>The canonical text form, which <see cref="Parse"/> reads back to an equal format.</summary>
    public override string ToString() => FormatText.Write(this);
}
