using Pith.Compress.Corrections;
using Pith.Compress.LowRank;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models;
using Pith.Models.Calibration;

namespace Pith.Compress.Ratio;

/// <summary>Every weight of a model in every option of a search, each made once, when it is first needed.</summary>
/// <remarks>Holds one copy of the block weights for each format, and the factors of each correction. Not thread-safe.</remarks>
internal sealed class VariantStore(CausalModel model, RatioSpace space, CalibrationStatistics? inputs, Workers workers)
{
    private readonly Dictionary<NumberFormat, CausalModel> rounded = [];
    private readonly Dictionary<(Site, int), LinearWeight> corrected = [];
    private readonly CalibratedInputs known = new(inputs);

    /// <summary>The model with nothing changed.</summary>
    public CausalModel Original { get; } = model;

    /// <summary>A weight in an option.</summary>
    public LinearWeight Weight(SiteShape shape, int option, CancellationToken cancellation)
    {
        var plain = Rounded(space.Options[option].Format, cancellation).WeightOf(shape.Site);
        if (space.Options[option].CorrectionOf(shape) is not { } correction)
            return plain;
        if (!corrected.TryGetValue((shape.Site, option), out var weight))
            corrected[(shape.Site, option)] = weight = Correct(shape, plain, correction, cancellation);
        return weight;
    }

    /// <summary>The model with some units in some options, all others as they are.</summary>
    /// <param name="choice">For each unit its option; -1 for a unit left alone.</param>
    /// <param name="cancellation">Stops the rounding.</param>
    public CausalModel With(IReadOnlyList<int> choice, CancellationToken cancellation)
    {
        var weights = new Dictionary<Site, LinearWeight>();
        var plan = new List<KeyValuePair<Site, SitePlan>>();
        for (var unit = 0; unit < choice.Count; unit++)
        {
            if (choice[unit] < 0)
                continue;
            foreach (var shape in space.Units[unit].Shapes)
            {
                plan.Add(KeyValuePair.Create(shape.Site, space.Decide(shape, space.Options[choice[unit]])));
                if (shape.Site.HasWeight)
                    weights[shape.Site] = Weight(shape, choice[unit], cancellation);
            }
        }

        return Original.WithWeights(new Plan(plan), weights, workers, cancellation);
    }

    /// <summary>The model with given weights and nothing else changed.</summary>
    public CausalModel With(IReadOnlyDictionary<Site, LinearWeight> weights, CancellationToken cancellation) =>
        Original.WithWeights(Original.Plan, weights, workers, cancellation);

    /// <summary>The numbers of a weight, [outputs, inputs].</summary>
    public static float[] ValuesOf(LinearWeight weight)
    {
        var values = new float[weight.Outputs * weight.Inputs];
        for (var row = 0; row < weight.Outputs; row++)
            weight.CopyRow(row, values.AsSpan(row * weight.Inputs, weight.Inputs));
        return values;
    }

    private LowRankWeight Correct(SiteShape shape, LinearWeight plain, LowRankPlan correction, CancellationToken cancellation)
    {
        var scale = known[shape.Site].ScaleOf(correction.Method, shape.Inputs, workers, cancellation);
        var term = LowRankSolver.Solve(
            ValuesOf(Original.WeightOf(shape.Site)),
            ValuesOf(plain),
            scale,
            new LowRankOptions { Rank = correction.Rank, Format = correction.Format, Seed = space.Settings.Seed },
            workers,
            cancellation).Term;
        return new LowRankWeight(
            plain, new DenseWeight(term.TransposedA, term.Rank, shape.Inputs), new DenseWeight(term.TransposedB, shape.Outputs, term.Rank));
    }

    private CausalModel Rounded(NumberFormat format, CancellationToken cancellation)
    {
        if (!rounded.TryGetValue(format, out var whole))
        {
            var plan = Plan.Uniform(Original.Config.Sites.Select(shape => shape.Site).Where(site => site.HasWeight), format, null);
            rounded[format] = whole = Original.WithPlan(plan, workers, cancellation);
        }

        return whole;
    }
}
