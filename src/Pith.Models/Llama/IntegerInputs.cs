using Pith.Core.Formats;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Formats;
using Pith.Kernels.Linear;
using Pith.Kernels.Packed;

namespace Pith.Models.Llama;

/// <summary>The quantized inputs of a session's integer products, kept from token to token.</summary>
internal sealed class IntegerInputs
{
    private readonly Dictionary<(NumberFormat Format, int Columns), ActivationBlocks> scratch = [];
    private ActivationBlocks? current;

    /// <summary>Multiplies in integers where weight and activations allow it.</summary>
    /// <param name="site">The product, for messages.</param>
    /// <param name="weight">W.</param>
    /// <param name="format">Format of the activations.</param>
    /// <param name="input">[count, inputs].</param>
    /// <param name="count">Tokens.</param>
    /// <param name="output">[count, outputs].</param>
    /// <param name="isNew">Whether the input may differ from the last call's.</param>
    /// <param name="workers">The threads to use.</param>
    /// <returns>False when the product must be made in floating point.</returns>
    public bool TryMultiply(
        Site site, LinearWeight weight, NumberFormat? format, ReadOnlyMemory<float> input, int count, Memory<float> output, bool isNew, Workers workers)
    {
        if (isNew)
            current = null;
        if (format is null || (weight is LowRankWeight corrected ? corrected.Weight : weight) is not InterleavedWeight)
            return false;
        if (!scratch.TryGetValue((format, weight.Inputs), out var blocks))
        {
            blocks = ActivationBlocks.TryCreate(format, weight.Inputs);
            if (blocks is null)
                return false;
            scratch.Add((format, weight.Inputs), blocks);
        }

        if (blocks != current)
        {
            try
            {
                blocks.Fill(input, count, workers);
            }
            catch (NonFiniteException exception)
            {
                throw OperandRounding.NotFinite(exception, format, site);
            }

            current = blocks;
        }

        if (weight is LowRankWeight lowRank)
            lowRank.Multiply(blocks, output, workers);
        else
            ((InterleavedWeight)weight).Multiply(blocks, output, workers);
        return true;
    }
}
