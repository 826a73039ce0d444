using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Linear;
using Pith.Models;

namespace Pith.Compress.Ratio;

/// <summary>Every weight of a model in every option of a search, each made once, when it is first needed.</summary>
/// <remarks>Holds one copy of the block weights for each option. Not thread-safe.</remarks>
internal sealed class VariantStore(CausalModel model, RatioSpace space, Workers workers)
{
    private readonly CausalModel?[] models = new CausalModel?[space.Options.Count];

    /// <summary>The model with nothing changed.</summary>
    public CausalModel Original { get; } = model;

    /// <summary>A weight in an option.</summary>
    public LinearWeight Weight(Site site, int option, CancellationToken cancellation) =>
        (models[option] ??= Make(option, cancellation)).WeightOf(site);

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
                plan.Add(KeyValuePair.Create(shape.Site, space.Decide(shape.Site, space.Options[choice[unit]])));
                if (shape.Site.HasWeight)
                    weights[shape.Site] = Weight(shape.Site, choice[unit], cancellation);
            }
        }

        return Original.WithWeights(new Plan(plan), weights, workers, cancellation);
    }

    /// <summary>The model with given weights and nothing else changed.</summary>
    public CausalModel With(IReadOnlyDictionary<Site, LinearWeight> weights, CancellationToken cancellation) =>
        Original.WithWeights(Original.Plan, weights, workers, cancellation);

    private CausalModel Make(int option, CancellationToken cancellation) => Original.WithPlan(
        Plan.Uniform(Original.Config.Sites.Select(shape => shape.Site).Where(site => site.HasWeight), space.Options[option].Format, null), workers, cancellation);
}
