using Pith.Core.Plans;
using Pith.Models;

namespace Pith.Compress.Blocks;

/// <summary>Bits of a quantized weight: stored bits of the quantized weights of all blocks over their count.</summary>
/// <remarks>What "bits" means everywhere. Scales, padding of ragged blocks and tensor scales are counted. Quantized are the weights
/// to which the plan gives a format, a wide one (fp32, bf16) included; weights which it leaves alone are not counted, nor are
/// embedding, output matrix, norms and biases. <see cref="MemoryDensity"/> counts every operand.</remarks>
public static class AverageBits
{
    /// <summary>Computes the average.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of the weights.</param>
    /// <returns>Bits of a weight; null where the plan quantizes no weight.</returns>
    public static double? Of(ModelConfig config, Plan plan)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        double bits = 0, weights = 0;
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            if (plan[shape.Site].Weights is not { } format)
                continue;
            bits += format.StoredBits(shape.Outputs, shape.Inputs);
            weights += shape.Weights;
        }

        return weights == 0 ? null : bits / weights;
    }
}
