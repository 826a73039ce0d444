using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Rounds single elements of a block whose scale is decided already: what rounding with error feedback needs.</summary>
/// <remarks>With the scale of <see cref="ChooseScale"/> it gives the bits of <see cref="FormatCodec.Round"/>; elements that have outgrown the scale
/// saturate. Scalar. Immutable, thread-safe.</remarks>
public sealed class ScaledRounding
{
    private readonly ReferenceCodec codec;

    private ScaledRounding(ReferenceCodec codec) => this.codec = codec;

    /// <summary>The rounding of a format; null for ggml's blocks, whose scales lie among the codes, for <c>@compat</c> and for wide formats.</summary>
    public static ScaledRounding? For(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return !format.IsCompat && FormatCodecs.Reference(format) is ReferenceCodec codec ? new ScaledRounding(codec) : null;
    }

    /// <summary>The scale code which a block gets.</summary>
    /// <param name="block">The block, ragged or full; finite.</param>
    /// <param name="tensorParameter">From <see cref="FormatCodec.TensorParameter"/>.</param>
    public int ChooseScale(ReadOnlySpan<float> block, float tensorParameter)
    {
        Span<ushort> codes = block.Length <= 256 ? stackalloc ushort[block.Length] : new ushort[block.Length];
        return codec.EncodeBlock(block, [], tensorParameter, codes);
    }

    /// <summary>The nearest value at a scale.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="scale">From <see cref="ChooseScale"/>.</param>
    /// <param name="tensorParameter">The same.</param>
    public float Round(float value, int scale, float tensorParameter) =>
        codec.DecodeElement(codec.EncodeElement(value, scale, tensorParameter), scale, tensorParameter);
}
