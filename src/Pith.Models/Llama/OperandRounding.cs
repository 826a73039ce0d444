using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Kernels.Formats;
using Pith.Kernels.Ops;

namespace Pith.Models.Llama;

/// <summary>Rounds rows of activations to a format, each row by itself.</summary>
/// <remarks>A format with a parameter for the whole tensor (calibrated fixed point, NVFP4) takes it from each row, that is from each token (for
/// Q, K and V from each token's head), so that a token's result does not depend on the tokens beside it.</remarks>
internal static class OperandRounding
{
    /// <summary>Rounds one row.</summary>
    public static void Round(FormatCodec codec, ReadOnlySpan<float> source, Span<float> destination, Site site)
    {
        try
        {
            codec.Round(source, destination, codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude(source))));
        }
        catch (NonFiniteException exception)
        {
            throw NotFinite(exception, codec.Format, site);
        }
    }

    /// <summary>Rounds one row, or copies it where there is no format.</summary>
    public static void Put(FormatCodec? codec, ReadOnlySpan<float> source, Span<float> destination, Site site)
    {
        if (codec is null)
            source.CopyTo(destination);
        else
            Round(codec, source, destination, site);
    }

    /// <summary>Puts one row of keys or values into its place of the cache.</summary>
    public static void Put(HeadRows rows, int row, ReadOnlySpan<float> source, in SiteOperands operands)
    {
        try
        {
            rows.Put(row, source);
        }
        catch (NonFiniteException exception)
        {
            throw NotFinite(exception, operands.RightCodec!.Format, operands.Site);
        }
    }

    /// <summary>The coded error for an activation which a format cannot hold.</summary>
    public static PithException NotFinite(NonFiniteException exception, NumberFormat format, Site site) => new(
        ModelsErrors.NonFiniteActivation,
        string.Create(CultureInfo.InvariantCulture, $"{site}: expected finite activations for {format}, found {exception.Value} at index {exception.Index} of a row"),
        inner: exception);
}
