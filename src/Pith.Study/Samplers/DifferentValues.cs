using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Pith.Studies.Spaces;

namespace Pith.Studies.Samplers;

/// <summary>Finds which trials have the same values in the parameters of a group.</summary>
internal static class DifferentValues
{
    // A table of so many places is cheap to make for every group at every proposal.
    private const int MostCombinations = 4096;

    /// <summary>The different values, in the order of the first trials that have them.</summary>
    /// <param name="space">What is decided.</param>
    /// <param name="group">Indices of the parameters.</param>
    /// <param name="columns">For each parameter of the space the values of all trials.</param>
    /// <param name="trials">The trials to look at.</param>
    /// <returns>The index of that first trial, and how many trials have the same values.</returns>
    public static List<(int First, int Count)> Of(SearchSpace space, ImmutableArray<int> group, double[][] columns, Range trials)
    {
        var (start, length) = trials.GetOffsetAndLength(columns[0].Length);
        var choices = group.Select(index => (space.Parameters[index] as CategoricalParameter)?.Choices.Count ?? MostCombinations + 1).ToArray();
        var combinations = choices.Aggregate(1L, (product, count) => Math.Min(product * count, MostCombinations + 1));
        double[][] own = [.. group.Select(index => columns[index])];
        return combinations <= MostCombinations ? OfChoices(own, choices, (int)combinations, start, start + length) : OfAny(own, start, start + length);
    }

    // Choices are the digits of a number, of which there are few.
    private static List<(int First, int Count)> OfChoices(double[][] columns, int[] choices, int combinations, int start, int end)
    {
        var counts = new int[combinations];
        var first = new List<(int Trial, int Number)>();
        for (var trial = start; trial < end; trial++)
        {
            // An index of a choice is a small integer; a check that it is one would cost more than all the rest.
            var number = 0;
            for (var k = 0; k < choices.Length; k++)
                number = (number * choices[k]) + unchecked((int)columns[k][trial]);
            if (counts[number]++ == 0)
                first.Add((trial, number));
        }

        return first.ConvertAll(values => (values.Trial, counts[values.Number]));
    }

    private static List<(int First, int Count)> OfAny(double[][] columns, int start, int end)
    {
        var counts = new Dictionary<double[], int>(SameValues.Instance);
        var first = new List<(int Trial, double[] Values)>();
        for (var trial = start; trial < end; trial++)
        {
            var values = new double[columns.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = columns[k][trial];
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, values, out var isKnown);
            count++;
            if (!isKnown)
                first.Add((trial, values));
        }

        return first.ConvertAll(values => (values.Trial, counts[values.Values]));
    }
}
