using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Encodes, decodes and rounds rows of numbers in one number format.</summary>
/// <remarks>Blocks run along a row and start anew with each row; the last block of a row may be ragged and counts as a full
/// one. Codes and scales are laid out as section 4 of the container describes: codes of a row packed little-endian in
/// bit order and padded to a byte, one scale byte a block. <see cref="Round"/> and encode-then-decode give the same bits.
/// Immutable, hence thread-safe. Every codec has a plain scalar reference beside it.</remarks>
public abstract class FormatCodec
{
    /// <summary>Creates a codec.</summary>
    protected FormatCodec(NumberFormat format) => Format = format;

    /// <summary>The format.</summary>
    public NumberFormat Format { get; }

    /// <summary>Bytes of the codes of a row.</summary>
    public abstract int CodeBytes(int columns);

    /// <summary>Bytes of the scales of a row: one a block, or none.</summary>
    public int ScaleBytes(int columns) => Format.ScaleBits == 0 ? 0 : Format.BlocksPerRow(columns);

    /// <summary>The parameter which a whole tensor shares: the NVFP4 scale, or the calibrated fraction bits of fixed point
    /// as a number; 0 where the format has none.</summary>
    /// <param name="largest">The largest magnitude of the tensor.</param>
    public virtual float TensorParameter(float largest) => 0;

    /// <summary>Rounds one row to the format (emulated quantization).</summary>
    /// <param name="source">The row.</param>
    /// <param name="destination">As long as <paramref name="source"/>; may be the same memory.</param>
    /// <param name="tensorParameter">From <see cref="TensorParameter"/>.</param>
    /// <param name="importance">Weights of the squared error for the <c>@mse</c> rule, one a column, ≥ 0; all one when empty.</param>
    /// <exception cref="NonFiniteException">The row holds a NaN or an infinity and the format has no NaN scale.</exception>
    public abstract void Round(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter = 0, ReadOnlySpan<float> importance = default);

    /// <summary>Encodes one row.</summary>
    /// <param name="source">The row.</param>
    /// <param name="codes"><see cref="CodeBytes"/> bytes.</param>
    /// <param name="scales"><see cref="ScaleBytes"/> bytes.</param>
    /// <param name="tensorParameter">From <see cref="TensorParameter"/>.</param>
    /// <param name="importance">Weights of the squared error for the <c>@mse</c> rule, one a column, ≥ 0; all one when empty.</param>
    /// <exception cref="NonFiniteException">The row holds a NaN or an infinity and the format has no NaN scale.</exception>
    public abstract void Encode(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter = 0, ReadOnlySpan<float> importance = default);

    /// <summary>Decodes one row. Every bit pattern decodes to some value; nothing throws on hostile codes.</summary>
    public abstract void Decode(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter = 0);
}
