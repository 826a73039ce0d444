using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Pith.Studies.Spaces;

namespace Pith.Studies.Samplers;

/// <summary>Numbers the combinations of choices of a group, so that equal ones are found without hashing.</summary>
internal static class ChoiceNumbers
{
    /// <summary>The most combinations that are numbered: a table of so many places is cheap to make for every group at every proposal.</summary>
    public const int MostCombinations = 4096;

    /// <summary>For each group of a space the number of each trial's combination; null where the group has numbers, or too many combinations.</summary>
    /// <param name="space">What is decided.</param>
    /// <param name="trials">For each trial its values of all parameters of the space.</param>
    public static ImmutableArray<ushort[]?> Of(SearchSpace space, ImmutableArray<double>[] trials)
    {
        var groups = space.Groups.Select(group => Combinations(space, group) <= MostCombinations ? new ushort[trials.Length] : null).ToImmutableArray();
        int[] choices = [.. space.Parameters.Select(parameter => (parameter as CategoricalParameter)?.Choices.Count ?? 0)];
        Fill(groups, space.Groups, choices, trials);
        return groups;
    }

    private static long Combinations(SearchSpace space, ImmutableArray<int> group) => group.Aggregate(
        1L, (product, index) => Math.Min(product * ((space.Parameters[index] as CategoricalParameter)?.Choices.Count ?? MostCombinations + 1), MostCombinations + 1));

    // Trial by trial: the values of one lie together, those of two do not. Choices are the digits of a number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(ImmutableArray<ushort[]?> groups, ImmutableArray<ImmutableArray<int>> members, int[] choices, ImmutableArray<double>[] trials)
    {
        for (var trial = 0; trial < trials.Length; trial++)
        {
            var values = trials[trial].AsSpan();
            for (var group = 0; group < groups.Length; group++)
            {
                if (groups[group] is not { } numbers)
                    continue;

                // An index of a choice is a small integer; a check that it is one would cost more than all the rest.
                var number = 0;
                foreach (var index in members[group])
                    number = unchecked((number * choices[index]) + (int)values[index]);
                numbers[trial] = unchecked((ushort)number);
            }
        }
    }
}
