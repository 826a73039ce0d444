using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Encodes, decodes and rounds rows of numbers in one number format.</summary>
/// <remarks>Blocks run along a row and start anew with each row; the last block of a row may be ragged and counts as a full
/// one, its missing elements being zero. Codes of a row are packed little-endian in bit order (docs/reference/formats.md),
/// padded to a byte; scales are one byte a block. <see cref="Round"/> and encode-then-decode give the same bits. Zero decodes as +0.
/// Immutable, hence thread-safe. Every codec has a plain scalar reference beside it, see <see cref="FormatCodecs.Reference"/>.</remarks>
public abstract class FormatCodec
{
    /// <summary>Creates a codec.</summary>
    protected FormatCodec(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
    }

    /// <summary>The format.</summary>
    public NumberFormat Format { get; }

    /// <summary>Bytes of the codes of a row.</summary>
    /// <param name="columns">Elements of the row, ≥ 0.</param>
    public abstract int CodeBytes(int columns);

    /// <summary>Bytes of the scales of a row: one a block, or none.</summary>
    /// <param name="columns">Elements of the row, ≥ 0.</param>
    public int ScaleBytes(int columns) => Format.HasScaleBytes ? Format.BlocksPerRow(columns) : 0;

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
    /// <exception cref="ArgumentException">A length does not fit, or the format needs a tensor parameter and got none.</exception>
    public void Round(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter = 0, ReadOnlySpan<float> importance = default)
    {
        RequireLength(destination.Length, source.Length, nameof(destination));
        RequireImportance(importance, source.Length);
        if (source.Length > 0)
            RoundRow(source, destination, tensorParameter, importance);
    }

    /// <summary>Encodes one row.</summary>
    /// <param name="source">The row.</param>
    /// <param name="codes"><see cref="CodeBytes"/> bytes.</param>
    /// <param name="scales"><see cref="ScaleBytes"/> bytes.</param>
    /// <param name="tensorParameter">From <see cref="TensorParameter"/>.</param>
    /// <param name="importance">Weights of the squared error for the <c>@mse</c> rule, one a column, ≥ 0; all one when empty.</param>
    /// <exception cref="NonFiniteException">The row holds a NaN or an infinity and the format has no NaN scale.</exception>
    /// <exception cref="ArgumentException">A length does not fit, or the format needs a tensor parameter and got none.</exception>
    public void Encode(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter = 0, ReadOnlySpan<float> importance = default)
    {
        RequireLength(codes.Length, CodeBytes(source.Length), nameof(codes));
        RequireLength(scales.Length, ScaleBytes(source.Length), nameof(scales));
        RequireImportance(importance, source.Length);
        if (source.Length > 0)
            EncodeRow(source, codes, scales, tensorParameter, importance);
    }

    /// <summary>Decodes one row. Every bit pattern decodes to some value; nothing throws on hostile codes.</summary>
    /// <param name="codes"><see cref="CodeBytes"/> bytes.</param>
    /// <param name="scales"><see cref="ScaleBytes"/> bytes.</param>
    /// <param name="destination">The row.</param>
    /// <param name="tensorParameter">The one the row was encoded with.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Decode(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter = 0)
    {
        RequireLength(codes.Length, CodeBytes(destination.Length), nameof(codes));
        RequireLength(scales.Length, ScaleBytes(destination.Length), nameof(scales));
        if (destination.Length > 0)
            DecodeRow(codes, scales, destination, tensorParameter);
    }

    /// <summary>What a scale code multiplies elements with.</summary>
    /// <param name="code">0 … 255; 0 where the format has no scales.</param>
    /// <param name="tensorParameter">The tensor's own parameter.</param>
    /// <param name="scale">The factor.</param>
    /// <returns>False where no single factor in 32-bit floats gives the values that <see cref="Decode"/> gives.</returns>
    internal virtual bool TryGetScale(int code, float tensorParameter, out float scale)
    {
        scale = 0;
        return false;
    }

    /// <summary>Decodes rows that lie one behind the other, as <see cref="Decode"/> does each of them.</summary>
    /// <param name="codes"><see cref="CodeBytes"/> bytes a row.</param>
    /// <param name="scales"><see cref="ScaleBytes"/> bytes a row.</param>
    /// <param name="columns">Elements of a row, ≥ 1.</param>
    /// <param name="destination">The rows.</param>
    /// <param name="tensorParameters">One a row, or one for all rows; empty where the format has none.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    internal void DecodeRows(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, int columns, Span<float> destination, ReadOnlySpan<float> tensorParameters)
    {
        var rows = destination.Length / columns;
        RequireLength(destination.Length, rows * columns, nameof(destination));
        RequireLength(codes.Length, rows * CodeBytes(columns), nameof(codes));
        RequireLength(scales.Length, rows * ScaleBytes(columns), nameof(scales));
        if (rows > 0)
            DecodeAllRows(codes, scales, columns, destination, tensorParameters);
    }

    /// <summary>Rounds a row that is not empty; lengths are right.</summary>
    private protected abstract void RoundRow(
        ReadOnlySpan<float> source, Span<float> destination, float tensorParameter, ReadOnlySpan<float> importance);

    /// <summary>Encodes a row that is not empty; lengths are right.</summary>
    private protected abstract void EncodeRow(
        ReadOnlySpan<float> source, Span<byte> codes, Span<byte> scales, float tensorParameter, ReadOnlySpan<float> importance);

    /// <summary>Decodes a row that is not empty; lengths are right.</summary>
    private protected abstract void DecodeRow(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, Span<float> destination, float tensorParameter);

    /// <summary>Decodes rows, at least one; lengths are right.</summary>
    private protected virtual void DecodeAllRows(
        ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, int columns, Span<float> destination, ReadOnlySpan<float> tensorParameters)
    {
        var (codeBytes, scaleBytes) = (CodeBytes(columns), ScaleBytes(columns));
        for (var row = 0; row < destination.Length / columns; row++)
        {
            DecodeRow(
                codes.Slice(row * codeBytes, codeBytes),
                scales.Slice(row * scaleBytes, scaleBytes),
                destination.Slice(row * columns, columns),
                ParameterOf(tensorParameters, row));
        }
    }

    /// <summary>The parameter of a row: its own, that of all rows, or 0 where there is none.</summary>
    private protected static float ParameterOf(ReadOnlySpan<float> tensorParameters, int row) =>
        tensorParameters.Length > 1 ? tensorParameters[row] : tensorParameters.IsEmpty ? 0 : tensorParameters[0];

    private static void RequireLength(int found, int expected, string name)
    {
        if (found != expected)
            throw new ArgumentException($"expected length {expected}, found {found}", name);
    }

    private static void RequireImportance(ReadOnlySpan<float> importance, int columns)
    {
        if (!importance.IsEmpty)
            RequireLength(importance.Length, columns, nameof(importance));
    }
}
