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
        var places = new int[combinations];
        var different = new List<(int First, int Count)>();
        for (var trial = start; trial < end; trial++)
        {
            var number = 0;
            for (var k = 0; k < choices.Length; k++)
                number = (number * choices[k]) + (int)columns[k][trial];
            Add(different, ref places[number], trial);
        }

        return different;
    }

    private static List<(int First, int Count)> OfAny(double[][] columns, int start, int end)
    {
        var places = new Dictionary<double[], int>(SameValues.Instance);
        var different = new List<(int First, int Count)>();
        for (var trial = start; trial < end; trial++)
        {
            var values = new double[columns.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = columns[k][trial];
            Add(different, ref CollectionsMarshal.GetValueRefOrAddDefault(places, values, out _), trial);
        }

        return different;
    }

    // A place is one more than the index of the values in the list; 0 where they are new.
    private static void Add(List<(int First, int Count)> different, ref int place, int trial)
    {
        if (place == 0)
        {
            different.Add((trial, 1));
            place = different.Count;
        }
        else
        {
            CollectionsMarshal.AsSpan(different)[place - 1].Count++;
        }
    }
}
