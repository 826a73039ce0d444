using System.Collections.Immutable;
using Pith.Studies.Spaces;
using Pith.Studies.Trials;

namespace Pith.Studies.Samplers;

/// <summary>A density over the parameters of one group: a mixture of one component a trial and one for "nothing is known".</summary>
/// <remarks>A component is a product of one kernel a parameter (<see cref="ChoiceKernel"/>, <see cref="NumberKernel"/>). All components weigh
/// the same; with no trial the density is that of nothing known. Trials with the same values are summed up once. Values are in the order
/// of the group. Immutable, hence thread-safe.</remarks>
internal sealed class ParzenEstimator
{
    private readonly Kernel[] kernels;
    private readonly List<(double[] Values, int Count)> centers = [];
    private readonly int trials;

    public ParzenEstimator(SearchSpace space, ImmutableArray<int> group, IReadOnlyList<Trial> trials)
    {
        this.trials = trials.Count;
        kernels = [.. group.Select(index => Kernel.Of(space.Parameters[index], trials.Count, group.Length))];
        var places = new Dictionary<double[], int>(SameValues.Instance);
        foreach (var trial in trials)
        {
            var values = new double[group.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = trial.Assignment.Values[group[k]];
            if (places.TryGetValue(values, out var place))
            {
                centers[place] = (centers[place].Values, centers[place].Count + 1);
            }
            else
            {
                places.Add(values, centers.Count);
                centers.Add((values, 1));
            }
        }
    }

    /// <summary>Draws from the density.</summary>
    public double[] Draw(TrialRandom random)
    {
        var component = random.Below(trials + 1);
        foreach (var (center, count) in centers)
        {
            component -= count;
            if (component < 0)
                return Draw(center, random);
        }

        return Draw(null, random);
    }

    /// <summary>The logarithm of the density.</summary>
    public double LogDensity(double[] values)
    {
        var sum = 1.0;
        for (var k = 0; k < kernels.Length; k++)
            sum *= kernels[k].PriorDensity(values[k]);
        foreach (var (center, count) in centers)
        {
            double product = count;
            for (var k = 0; k < kernels.Length; k++)
                product *= kernels[k].Density(values[k], center[k]);
            sum += product;
        }

        return Math.Log(sum / (trials + 1));
    }

    private double[] Draw(double[]? center, TrialRandom random)
    {
        var values = new double[kernels.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = center is null ? kernels[k].DrawPrior(random) : kernels[k].Draw(center[k], random);
        return values;
    }
}
