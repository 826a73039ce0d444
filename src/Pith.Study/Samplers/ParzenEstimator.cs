using System.Collections.Immutable;
using Pith.Studies.Spaces;

namespace Pith.Studies.Samplers;

/// <summary>A density over the parameters of one group: a mixture of one component a trial and one for "nothing is known".</summary>
/// <remarks>A component is a product of one kernel a parameter (<see cref="ChoiceKernel"/>, <see cref="NumberKernel"/>). All components weigh
/// the same; with no trial the density is that of nothing known. Trials with the same values are summed up once. Values are in the order
/// of the group. Not thread-safe.</remarks>
internal sealed class ParzenEstimator
{
    private readonly Kernel[] kernels;
    private readonly Kernel.Center[][] centers;
    private readonly double[] counts;
    private readonly double[] products;
    private readonly int trials;

    /// <summary>Creates the density of some trials.</summary>
    /// <param name="space">What is decided.</param>
    /// <param name="group">Indices of the parameters.</param>
    /// <param name="values">For each trial its values of all parameters of the space.</param>
    /// <param name="numbers">For each trial the number of its combination in this group (<see cref="ChoiceNumbers"/>); null where they have none.</param>
    /// <param name="some">The trials whose density it is.</param>
    public ParzenEstimator(SearchSpace space, ImmutableArray<int> group, ImmutableArray<double>[] values, ushort[]? numbers, Range some)
    {
        var (start, count) = some.GetOffsetAndLength(values.Length);
        trials = count;
        kernels = [.. group.Select(index => Kernel.Of(space.Parameters[index], count, group.Length))];
        var different = numbers is null ? DifferentValues.Of(group, values, start, start + count) : DifferentValues.Of(numbers, start, start + count);
        counts = [.. different.Select(same => (double)same.Count)];
        centers = [.. kernels.Select((kernel, k) => different.Select(same => kernel.CenterAt(values[same.First][group[k]])).ToArray())];
        products = new double[counts.Length];
    }

    /// <summary>Draws from the density.</summary>
    public double[] Draw(TrialRandom random)
    {
        var component = (double)random.Below(trials + 1);
        var center = 0;
        while (center < counts.Length && (component -= counts[center]) >= 0)
            center++;
        var values = new double[kernels.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = center < counts.Length ? kernels[k].Draw(centers[k][center], random) : kernels[k].DrawPrior(random);
        return values;
    }

    /// <summary>The logarithm of the density.</summary>
    public double LogDensity(double[] values)
    {
        var sum = 1.0;
        counts.CopyTo(products, 0);
        for (var k = 0; k < kernels.Length; k++)
        {
            sum *= kernels[k].PriorDensity(values[k]);
            kernels[k].Multiply(products, values[k], centers[k]);
        }

        foreach (var product in products)
            sum += product;
        return Math.Log(sum / (trials + 1));
    }
}
