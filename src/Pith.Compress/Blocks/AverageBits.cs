using Pith.Core.Plans;
using Pith.Models;

namespace Pith.Compress.Blocks;

/// <summary>Bits of a quantized weight: stored bits of the quantized weights of all blocks over their count.</summary>
/// <remarks>What "bits" means everywhere. Scales, padding of ragged blocks and tensor scales are counted. Quantized are the weights
/// to which the plan gives a format, a wide one (fp32, bf16) included; weights which it leaves alone are not counted, nor are
/// embedding, output matrix, norms and biases. The factors of low-rank corrections are counted as bits of the weights they correct.
/// <see cref="MemoryDensity"/> counts every operand.</remarks>
public static class AverageBits
{
    /// <summary>Computes the average.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of the weights.</param>
    /// <returns>Bits of a weight; null where the plan quantizes no weight.</returns>
    public static double? Of(ModelConfig config, Plan plan) => Ratio(config, plan, countsFactors: false);

    /// <summary>The average as the low-rank papers state it: the same bits over the count of all stored numbers, those of the factors too.</summary>
    /// <remarks>LQER (arXiv 2402.02446), appendix; smaller than <see cref="Of"/> although the file is the same.</remarks>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of the weights.</param>
    /// <returns>Bits of a stored number; null where the plan quantizes no weight.</returns>
    public static double? OfStoredNumbers(ModelConfig config, Plan plan) => Ratio(config, plan, countsFactors: true);

    private static double? Ratio(ModelConfig config, Plan plan, bool countsFactors)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        double bits = 0, numbers = 0;
        foreach (var shape in config.Sites.Where(shape => shape.Site.HasWeight))
        {
            var (weights, _, lowRank) = plan[shape.Site];
            if (weights is null)
                continue;
            bits += weights.StoredBits(shape.Outputs, shape.Inputs) + (lowRank?.StoredBits(shape.Outputs, shape.Inputs) ?? 0);
            numbers += shape.Weights + (countsFactors && lowRank is not null ? (long)lowRank.Rank * (shape.Outputs + shape.Inputs) : 0);
        }

        return numbers == 0 ? null : bits / numbers;
    }
}
