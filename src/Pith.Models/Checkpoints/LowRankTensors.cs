using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>Where a checkpoint of ours keeps the low-rank correction of a weight: two tensors named after it, plain or packed.</summary>
/// <remarks>Aᵀ [rank, inputs] and Bᵀ [outputs, rank]: the contraction of each lies along its rows, and so do its blocks.</remarks>
public static class LowRankTensors
{
    private const string SuffixOfA = ".low_rank_a";
    private const string SuffixOfB = ".low_rank_b";

    /// <summary>The name of Aᵀ.</summary>
    /// <param name="weight">The weight's hub name.</param>
    public static string NameOfA(string weight) => weight + SuffixOfA;

    /// <summary>The name of Bᵀ.</summary>
    /// <param name="weight">The weight's hub name.</param>
    public static string NameOfB(string weight) => weight + SuffixOfB;

    /// <summary>The two names which a weight's correction has in a checkpoint; none where it has no correction.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="weight">The weight's hub name.</param>
    public static IEnumerable<string> Of(ITensorSource source, string weight)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new[] { NameOfA(weight), NameOfB(weight) }.Where(source.Tensors.ContainsKey);
    }

    /// <summary>Refuses to write a model for programs which know no corrections.</summary>
    /// <exception cref="PithException">The model has one (<see cref="ModelsErrors.CannotExport"/>).</exception>
    internal static void RefuseExport(ModelSource source)
    {
        var corrected = source.Config.Tensors.Count(tensor => Of(source.Tensors, tensor.Name).Any());
        if (corrected > 0)
        {
            throw new PithException(
                ModelsErrors.CannotExport,
                $"{source.Path}: expected weights alone, found {corrected} with a low-rank correction, which other programs would leave out",
                "Export the original model, or quantize it without --low-rank.");
        }
    }
}
