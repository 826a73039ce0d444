using Pith.Models.Llama;

namespace Pith.Tune.Llama;

/// <summary>Starting weights.</summary>
/// <remarks>Normal with standard deviation 0.02, matrices that write to the residual stream (<c>o_proj</c>, <c>down_proj</c>)
/// divided by √(2·layers) (GPT-2), gains 1. Drawn by SplitMix64 and Box-Muller in the order of
/// <see cref="LlamaTensors.Expected"/>, so the seed alone decides them, not the torch version.</remarks>
public static class LlamaInitialization
{
    private const double StandardDeviation = 0.02;

    /// <summary>Draws all tensors of a model; biases are 0.</summary>
    public static Dictionary<string, float[]> Draw(LlamaConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new SplitMix64(seed);
        var weights = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, dimensions) in LlamaTensors.Expected(config))
        {
            var values = new float[dimensions.Aggregate(1L, (product, size) => checked(product * size))];
            if (dimensions.Count == 1)
            {
                if (!name.EndsWith(".bias", StringComparison.Ordinal)) Array.Fill(values, 1f);
            }
            else
            {
                var writesResidual = name.EndsWith("o_proj.weight", StringComparison.Ordinal)
                    || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
                var deviation = writesResidual ? StandardDeviation / Math.Sqrt(2.0 * config.Layers) : StandardDeviation;
                for (var i = 0; i < values.Length; i++) values[i] = (float)(deviation * random.NextNormal());
            }
            weights[name] = values;
        }
        return weights;
    }
}
