using System.Runtime.InteropServices;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels.Formats;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Pith.Tune.Llama;

/// <summary>Rounds tensors to number formats with the codecs of the product; gradients pass as if nothing had been rounded.</summary>
/// <remarks>The straight-through estimator (Bengio et al. 2013), unclipped: also where a number saturates, the derivative counts as 1.
/// Each row is rounded by itself, and has its own parameter in formats that share one over a tensor, as in the product's inference.</remarks>
internal static class StraightThrough
{
    /// <summary>The codec which rounds an operand; null where it stays as it is.</summary>
    public static FormatCodec? CodecOf(NumberFormat? format) =>
        format is null || format.Family == FormatFamily.Float32 ? null : FormatCodecs.For(format);

    /// <summary>Rounds the rows of a tensor.</summary>
    /// <param name="x">[…, width], float32.</param>
    /// <param name="codec">The format; null gives <paramref name="x"/> itself.</param>
    /// <param name="isCausal">Whether <paramref name="x"/> is [batch, heads, tokens, tokens], of which only the part up to the diagonal counts;
    /// the rest comes out as zero.</param>
    /// <returns>The rounded tensor, whose gradient is that of <paramref name="x"/>.</returns>
    /// <exception cref="PithException">A number is not finite (<see cref="TuneErrors.Diverged"/>).</exception>
    public static Tensor Round(Tensor x, FormatCodec? codec, bool isCausal = false)
    {
        if (codec is null) return x;
        using var scope = NewDisposeScope();
        var source = x.detach().contiguous();
        var rounded = isCausal ? zeros_like(source) : empty_like(source);
        var width = checked((int)x.shape[^1]);
        var from = Numbers(source);
        var to = Numbers(rounded);
        for (var start = 0; start < from.Length; start += width)
        {
            var length = isCausal ? start / width % width + 1 : width;
            var row = from.Slice(start, length);
            RoundRow(codec, row, to.Slice(start, length), ParameterOf(codec, row));
        }
        // x - source is exactly zero, so the sum has the bits of the codec and the gradient of x.
        return (rounded + (x - source)).MoveToOuterDisposeScope();
    }

    /// <summary>Rounds a weight, whose parameter, if its format has one, is that of the whole matrix.</summary>
    /// <param name="source">[out, in], float32.</param>
    /// <param name="codec">The format.</param>
    /// <param name="destination">Gets the rounded weight; as large.</param>
    /// <exception cref="PithException">A weight is not finite (<see cref="TuneErrors.Diverged"/>).</exception>
    public static void RoundWeight(Tensor source, FormatCodec codec, Tensor destination)
    {
        var width = checked((int)source.shape[1]);
        var from = Numbers(source);
        var to = Numbers(destination);
        var parameter = ParameterOf(codec, from);
        for (var start = 0; start < from.Length; start += width) RoundRow(codec, from.Slice(start, width), to.Slice(start, width), parameter);
    }

    private static void RoundRow(FormatCodec codec, ReadOnlySpan<float> row, Span<float> destination, float parameter)
    {
        try
        {
            codec.Round(row, destination, parameter);
        }
        catch (NonFiniteException exception)
        {
            throw new PithException(
                TuneErrors.Diverged, $"Expected finite numbers for {codec.Format}, found {exception.Value} at index {exception.Index} of a row.", inner: exception);
        }
    }

    private static float ParameterOf(FormatCodec codec, ReadOnlySpan<float> numbers) =>
        codec.Format.HasTensorParameter ? codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude(numbers))) : 0;

    private static Span<float> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
