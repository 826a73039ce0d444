using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models;

namespace Pith.Compress.Blocks;

/// <summary>How many times less memory the operands of a model's matrix products take than as 32-bit floats.</summary>
/// <remarks>Source: the block-format paper (arXiv 2310.05079) and its released code: 32·(#weights + #activations) / (weight bits +
/// activation bits), summed over all matrix products of all blocks for one text of a given length. Every product counts its own
/// operands, although q, k, v (and gate, up) read the same activations. Rows are the rows that are blocked: a token's input of a
/// product with a weight; one head of one token of Q, K and V; one token's attention probabilities of one head over the whole
/// text. An operand without a format counts 32 bits a value, a weight without a format what it takes now; the factors of a
/// low-rank correction are bits of the weight.</remarks>
public static class MemoryDensity
{
    /// <summary>Computes the density.</summary>
    /// <param name="config">The model.</param>
    /// <param name="plan">Formats of both operands of every product.</param>
    /// <param name="tokens">Length of the text, ≥ 1.</param>
    /// <param name="unquantizedWeightBits">Bits of a value of a weight without a format.</param>
    public static double Of(ModelConfig config, Plan plan, int tokens, int unquantizedWeightBits = 32) =>
        Of(config, plan, tokens, _ => unquantizedWeightBits);

    /// <summary>Computes the density where weights without a format differ in type.</summary>
    internal static double Of(ModelConfig config, Plan plan, int tokens, Func<Site, int> unquantizedWeightBits)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        double values = 0, bits = 0;
        foreach (var shape in config.Sites)
        {
            var decision = plan[shape.Site];
            bits += decision.LowRank?.StoredBits(shape.Outputs, shape.Inputs) ?? 0;
            foreach (var operand in Operands(config, shape, tokens))
            {
                var format = operand.IsRight ? decision.Weights : decision.Activations;
                var unquantized = operand.IsRight && shape.Site.HasWeight ? unquantizedWeightBits(shape.Site) : 32;
                values += (double)operand.Rows * operand.Columns;
                bits += format is null ? (double)operand.Rows * operand.Columns * unquantized : format.StoredBits(operand.Rows, operand.Columns);
            }
        }

        return bits == 0 ? 1 : 32 * values / bits;
    }

    private static Operand[] Operands(ModelConfig config, SiteShape shape, long tokens) => shape.Site.Kind switch
    {
        SiteKind.AttnQk => [new(tokens * config.KvHeads, config.HeadSize, true), new(tokens * config.Heads, config.HeadSize, false)],
        SiteKind.AttnAv => [new(tokens * config.KvHeads, config.HeadSize, true), new(tokens * config.Heads, (int)tokens, false)],
        _ => [new(shape.Outputs, shape.Inputs, true), new(tokens, shape.Inputs, false)],
    };

    /// <summary>One operand [rows, columns] of a product, blocked along its rows.</summary>
    private readonly record struct Operand(long Rows, int Columns, bool IsRight);
}
