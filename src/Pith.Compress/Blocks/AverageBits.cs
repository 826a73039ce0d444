using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models.Llama;

namespace Pith.Compress.Blocks;

/// <summary>Bits of a block weight: stored bits of the weights of all blocks over their count.</summary>
/// <remarks>What "bits" means everywhere. Scales, padding of ragged blocks and tensor scales are counted; embedding, output matrix,
/// norms and biases are not weights of a block.</remarks>
public static class AverageBits
{
    /// <summary>Computes the average.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of the weights.</param>
    /// <param name="unquantizedWeightBits">Bits of a value of a weight without a format.</param>
    public static double Of(LlamaConfig config, Plan plan, int unquantizedWeightBits = 32) => Of(config, plan, _ => unquantizedWeightBits);

    /// <summary>Computes the average where weights without a format differ in type.</summary>
    internal static double Of(LlamaConfig config, Plan plan, Func<Site, int> unquantizedWeightBits)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        double bits = 0, weights = 0;
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            bits += plan[shape.Site].Weights is { } format
                ? format.StoredBits(shape.Outputs, shape.Inputs)
                : (double)shape.Weights * unquantizedWeightBits(shape.Site);
            weights += shape.Weights;
        }

        return bits / weights;
    }
}
