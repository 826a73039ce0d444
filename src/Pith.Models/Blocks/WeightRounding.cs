using System.Globalization;
using System.Numerics.Tensors;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Models.Blocks;

/// <summary>Brings stored weights into the formats of a plan.</summary>
internal static class WeightRounding
{
    /// <summary>The codec which rounds an operand; null where it stays as it is.</summary>
    public static FormatCodec? CodecOf(NumberFormat? format) =>
        format is null || format.Family == FormatFamily.Float32 ? null : FormatCodecs.For(format);

    /// <summary>A weight in the plan's format, laid out for the activations' format.</summary>
    /// <exception cref="PithException">It is not finite (<see cref="ModelsErrors.NonFiniteWeight"/>), or lacks the low-rank correction which
    /// the plan asks for (<see cref="ModelsErrors.NoLowRank"/>).</exception>
    public static LinearWeight Apply(Site site, LinearWeight weight, Plan plan, Workers workers)
    {
        var (format, activations, lowRank) = plan[site];
        if (lowRank is not null)
            return Corrected(site, weight, plan[site], workers);
        if (CodecOf(format) is not { } codec || weight.Format == format)
            return LayOut(weight, activations, workers);

        var values = new float[weight.Outputs * weight.Inputs];
        for (var row = 0; row < weight.Outputs; row++)
            weight.CopyRow(row, values.AsSpan(row * weight.Inputs, weight.Inputs));
        var parameter = codec.TensorParameter(Math.Abs(TensorPrimitives.MaxMagnitude<float>(values)));
        workers.Run(weight.Outputs, values.Length * 8L, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var numbers = values.AsSpan(row * weight.Inputs, weight.Inputs);
                try
                {
                    codec.Round(numbers, numbers, parameter);
                }
                catch (NonFiniteException exception)
                {
                    throw new PithException(
                        ModelsErrors.NonFiniteWeight,
                        string.Create(CultureInfo.InvariantCulture, $"{site}: expected finite weights, found {exception.Value} at [{row}, {exception.Index}]"),
                        inner: exception);
                }
            }
        });
        return new DenseWeight(values, weight.Outputs, weight.Inputs);
    }

    // A correction belongs to the weight it was computed for, as that was rounded.
    private static LowRankWeight Corrected(Site site, LinearWeight weight, SitePlan decision, Workers workers)
    {
        if (weight is LowRankWeight stored && stored.Rank == decision.LowRank!.Rank && (stored.Format is null || stored.Format == decision.Weights))
            return (LowRankWeight)LayOut(stored, decision.Activations, workers);
        var found = weight is LowRankWeight other ? $"one of rank {other.Rank} for weights in {other.Format?.ToString() ?? "plain numbers"}" : "none";
        throw new PithException(
            ModelsErrors.NoLowRank,
            $"{site}: expected a stored correction of rank {decision.LowRank!.Rank} for weights in {decision.Weights?.ToString() ?? "plain numbers"}, found {found}");
    }

    // Packed weights whose products with these activations run in integers are re-laid for them.
    private static LinearWeight LayOut(LinearWeight weight, NumberFormat? activations, Workers workers) => weight switch
    {
        PackedWeight packed when ActivationBlocks.Serves(activations) => InterleavedWeight.TryCreate(packed, workers) ?? weight,
        LowRankWeight corrected => new LowRankWeight(
            LayOut(corrected.Weight, activations, workers), LayOut(corrected.A, activations, workers), corrected.B),
        _ => weight,
    };
}
