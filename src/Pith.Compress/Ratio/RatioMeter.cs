using System.Collections.Immutable;
using Pith.Core.Sites;
using Pith.Kernels.Linear;
using Pith.Models.Evaluation.Boundaries;

namespace Pith.Compress.Ratio;

/// <summary>Measures choices of a search on one text, each once.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RatioMeter(VariantStore variants, BoundaryEvaluator evaluator, CancellationToken cancellation)
{
    private readonly Dictionary<string, BoundaryScore> scores = new(StringComparer.Ordinal);

    /// <summary>The unquantized model.</summary>
    public BoundaryScore Reference => evaluator.Reference;

    /// <summary>Passes over the text so far.</summary>
    public double Passes => evaluator.Passes;

    /// <summary>The score of a choice over the whole text.</summary>
    public BoundaryScore Measure(ImmutableArray<int> choice, bool isAnchor = false)
    {
        var key = string.Join(',', choice);
        if (!scores.TryGetValue(key, out var score) || isAnchor)
            scores[key] = score = evaluator.Measure(variants.With(choice, cancellation), isAnchor: isAnchor, cancellation: cancellation);
        return score;
    }

    /// <summary>The divergence of a choice over a part of the text, some units left alone.</summary>
    /// <param name="choice">For each unit its option; -1 for a unit left alone.</param>
    /// <param name="every">Every how manieth window is used.</param>
    public double Divergence(IReadOnlyList<int> choice, int every) =>
        evaluator.Measure(variants.With(choice, cancellation), every, cancellation: cancellation).Kl.Value;

    /// <summary>The divergence over a part of the text with given weights, nothing else rounded.</summary>
    public double Divergence(IReadOnlyDictionary<Site, LinearWeight> weights, int every) =>
        evaluator.Measure(variants.With(weights, cancellation), every, cancellation: cancellation).Kl.Value;
}
