using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pith.Studies.Samplers;

/// <summary>Finds which trials have the same values in the parameters of a group: the index of the first that has them, and how many have the
/// same, in the order of the first ones.</summary>
internal static class DifferentValues
{
    /// <summary>By the numbers of their combinations.</summary>
    /// <param name="numbers">For each trial, from <see cref="ChoiceNumbers"/>.</param>
    /// <param name="start">Index of the first trial to look at.</param>
    /// <param name="end">Index behind the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static List<(int First, int Count)> Of(ushort[] numbers, int start, int end)
    {
        Span<int> counts = stackalloc int[ChoiceNumbers.MostCombinations];
        counts.Clear();
        var different = new List<(int First, int Count)>();
        for (var trial = start; trial < end; trial++)
        {
            if (counts[numbers[trial]]++ == 0)
                different.Add((trial, 0));
        }

        foreach (ref var same in CollectionsMarshal.AsSpan(different))
            same.Count = counts[numbers[same.First]];
        return different;
    }

    /// <summary>By the values themselves.</summary>
    /// <param name="group">Indices of the parameters.</param>
    /// <param name="trials">For each trial its values of all parameters of the space.</param>
    /// <param name="start">Index of the first trial to look at.</param>
    /// <param name="end">Index behind the last one.</param>
    public static List<(int First, int Count)> Of(ImmutableArray<int> group, ImmutableArray<double>[] trials, int start, int end)
    {
        var counts = new Dictionary<double[], int>(SameValues.Instance);
        var first = new List<(int Trial, double[] Values)>();
        for (var trial = start; trial < end; trial++)
        {
            var values = new double[group.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = trials[trial][group[k]];
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, values, out var isKnown);
            count++;
            if (!isKnown)
                first.Add((trial, values));
        }

        return first.ConvertAll(values => (values.Trial, counts[values.Values]));
    }
}
