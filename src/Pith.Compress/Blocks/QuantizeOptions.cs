using Pith.Compress.Corrections;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Models;
using Pith.Models.Calibration;

namespace Pith.Compress.Blocks;

/// <summary>What to quantize, and to what. Immutable.</summary>
public sealed record QuantizeOptions
{
    private const int SitesNamed = 50;

    /// <summary>Format of every weight. Default: none, weights are copied as they are.</summary>
    public NumberFormat? Weights { get; init; }

    /// <summary>Format of the activations of every product with a weight. Default: none, 32-bit floats.</summary>
    public NumberFormat? Activations { get; init; }

    /// <summary>Format of Q and of the attention probabilities. Default: that of the activations.</summary>
    public NumberFormat? Attention { get; init; }

    /// <summary>Format of K and V. Default: <see cref="Attention"/>'s.</summary>
    public NumberFormat? Kv { get; init; }

    /// <summary>Low-rank correction of every quantized weight; where a weight has fewer rows or columns than the rank, as many as it has.
    /// Default: none.</summary>
    public LowRankPlan? LowRank { get; init; }

    /// <summary>What was measured of the inputs, over which corrections are best; needed for every method but <c>lqer</c>. Default: none.</summary>
    public CalibrationStatistics? Calibration { get; init; }

    /// <summary>How corrected weights are rounded and corrected. Default: the plain order.</summary>
    public CorrectionOptions Correction { get; init; } = new();

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
        RequireKnown(sites);
        var plan = Plan.Uniform(sites, Weights, Activations, Attention, Kv).With(Overrides);
        return plan.Sites.Count > 0
            ? plan
            : throw new PithException(CompressErrors.NothingToDo, "expected a format or a plan, found neither");
    }

    /// <summary>The plan for a model, with its low-rank corrections.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="PithException">As above; or a correction is of a weight which is not quantized
    /// (<see cref="CompressErrors.NothingToCorrect"/>), of a rank which its weight does not have (<see cref="CompressErrors.RankTooLarge"/>), or
    /// needs a calibration that is not given (<see cref="CompressErrors.NoCalibration"/>).</exception>
    public Plan PlanFor(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var plan = PlanFor([.. config.Sites.Select(shape => shape.Site)]);
        if (LowRank is { } wanted)
        {
            var corrections = config.Sites.Where(shape => plan[shape.Site] is { Weights: not null } && shape.Site.HasWeight).Select(shape => KeyValuePair.Create(
                shape.Site, new SitePlan(null, null, new LowRankPlan(Math.Min(wanted.Rank, Math.Min(shape.Outputs, shape.Inputs)), wanted.Format, wanted.Method))));
            plan = new Plan(corrections).With(plan);
        }

        foreach (var shape in config.Sites)
        {
            if (plan[shape.Site] is { LowRank: { } decision } site)
                Check(shape, site.Weights, decision);
        }

        return plan;
    }

    private void Check(SiteShape shape, NumberFormat? weights, LowRankPlan lowRank)
    {
        var most = Math.Min(shape.Outputs, shape.Inputs);
        if (weights is null)
            throw new PithException(CompressErrors.NothingToCorrect, $"{shape.Site}: expected a format of the weight, whose error rank {lowRank.Rank} corrects, found none");
        if (lowRank.Rank > most)
            throw new PithException(CompressErrors.RankTooLarge, $"{shape.Site}: expected a rank of at most {most} for a weight [{shape.Outputs}, {shape.Inputs}], found {lowRank.Rank}");
        if (lowRank.Method != LowRankMethod.Lqer && (Calibration is null || (lowRank.Method == LowRankMethod.Qera && !Calibration.HasSecondMoments)))
            throw new PithException(CompressErrors.NoCalibration, $"{shape.Site}: expected {(lowRank.Method == LowRankMethod.Qera ? "second moments" : "statistics")} of the inputs for {lowRank.Method.Text()}, found none");
    }

    private void RequireKnown(IReadOnlyCollection<Site> sites)
    {
        var unknown = Overrides.Sites.Keys.Except(sites).ToList();
        if (unknown.Count == 0)
            return;
        var layers = sites.Select(site => site.Layer).Distinct().Count();
        var names = string.Join(", ", unknown.Take(SitesNamed).Select(site => $"{site} (nearest: {Nearest(site, sites)})"))
            + (unknown.Count > SitesNamed ? $" and {unknown.Count - SitesNamed} more" : "");
        throw new PithException(
            CompressErrors.UnknownSites, $"expected sites of this model, which has {layers} layers of {sites.Count / Math.Max(1, layers)} products, found {names}");
    }

    // The same product in the nearest layer; where the model has no such product, the one of the nearest kind.
    private static Site Nearest(Site site, IEnumerable<Site> sites) =>
        sites.MinBy(known => (Math.Abs((int)known.Kind - (int)site.Kind), Math.Abs(known.Layer - site.Layer)));
}
