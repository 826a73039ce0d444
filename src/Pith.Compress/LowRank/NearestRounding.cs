using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Kernels;
using Pith.Kernels.Formats;

namespace Pith.Compress.LowRank;

/// <summary>Rounds each block to the nearest values by itself, as packing does. Immutable, thread-safe.</summary>
/// <param name="format">The format; blocks run along the inputs.</param>
public sealed class NearestRounding(NumberFormat format) : IWeightRounding
{
    /// <inheritdoc/>
    public float[] Round(ReadOnlyMemory<float> weight, int inputs, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var codec = FormatCodecs.For(format);
        var parameter = TensorParameter(codec, weight.Span, inputs);
        var rounded = new float[weight.Length];
        workers.Run(weight.Length / inputs, 8L * weight.Length, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                codec.Round(weight.Span.Slice(row * inputs, inputs), rounded.AsSpan(row * inputs, inputs), parameter);
            }
        });
        return rounded;
    }

    /// <summary>What the whole weight shares, 0 where the format has none; refuses weights that are not finite.</summary>
    internal static float TensorParameter(FormatCodec codec, ReadOnlySpan<float> weight, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        if (weight.IsEmpty || weight.Length % inputs != 0)
            throw new ArgumentException($"expected rows of {inputs} numbers, found {weight.Length} numbers", nameof(weight));
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(weight));
        if (!float.IsFinite(largest))
        {
            throw new PithException(
                CompressErrors.NonFiniteWeight, string.Create(CultureInfo.InvariantCulture, $"{codec.Format}: expected finite weights, found {largest}"));
        }

        return codec.Format.HasTensorParameter ? codec.TensorParameter(largest) : 0;
    }
}
