using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Compress.Blocks;

/// <summary>What to quantize, and to what. Immutable.</summary>
public sealed record QuantizeOptions
{
    private const int SitesNamed = 10;

    /// <summary>Format of every weight. Default: none, weights are copied as they are.</summary>
    public NumberFormat? Weights { get; init; }

    /// <summary>Format of the activations of every product with a weight. Default: none, 32-bit floats.</summary>
    public NumberFormat? Activations { get; init; }

    /// <summary>Format of Q and of the attention probabilities. Default: that of the activations.</summary>
    public NumberFormat? Attention { get; init; }

    /// <summary>Format of K and V. Default: <see cref="Attention"/>'s.</summary>
    public NumberFormat? Kv { get; init; }

    /// <summary>Decisions for single sites, which win over the formats above. Default: none.</summary>
    public Plan Overrides { get; init; } = Plan.Empty;

    /// <summary>Length of the text for which the memory density is computed, ≥ 1. Default: the model's context length.</summary>
    public int? Tokens { get; init; }

    /// <summary>Whether an existing output is replaced. Default: no.</summary>
    public bool Replace { get; init; }

    /// <summary>Threads to use, ≥ 1; results do not depend on them. Default: one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The plan for a model with these sites.</summary>
    /// <param name="sites">Every site of the model.</param>
    /// <exception cref="PithException">Nothing is to be quantized (<see cref="CompressErrors.NothingToDo"/>), or the overrides name
    /// sites which are not there (<see cref="CompressErrors.UnknownSites"/>).</exception>
    public Plan PlanFor(IReadOnlyCollection<Site> sites)
    {
        ArgumentNullException.ThrowIfNull(sites);
        var unknown = Overrides.Sites.Keys.Except(sites).ToList();
        if (unknown.Count > 0)
        {
            var names = string.Join(", ", unknown.Take(SitesNamed)) + (unknown.Count > SitesNamed ? $" and {unknown.Count - SitesNamed} more" : "");
            var layers = sites.Select(site => site.Layer).Distinct().Count();
            throw new PithException(
                CompressErrors.UnknownSites, $"expected sites of this model, which has {layers} layers of {sites.Count / Math.Max(1, layers)} products, found {names}");
        }

        var plan = Plan.Uniform(sites, Weights, Activations, Attention, Kv).With(Overrides);
        return plan.Sites.Count > 0
            ? plan
            : throw new PithException(CompressErrors.NothingToDo, "expected a format or a plan, found neither");
    }
}
