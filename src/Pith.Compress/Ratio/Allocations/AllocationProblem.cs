using System.Collections.Immutable;

namespace Pith.Compress.Ratio.Allocations;

/// <summary>Which option each unit gets, so that the damage is least and the bytes fit: the multiple-choice knapsack problem.</summary>
/// <remarks>Damages are taken to add up over the units. Immutable, hence thread-safe.</remarks>
public sealed class AllocationProblem
{
    /// <summary>Creates a problem.</summary>
    /// <param name="units">At least one.</param>
    public AllocationProblem(IEnumerable<AllocationUnit> units)
    {
        Units = [.. units];
        if (Units.Count == 0)
            throw new ArgumentException("expected at least one unit", nameof(units));
        Floor = With([.. Units.Select(unit => unit.Smallest)]);
        Ceiling = With([.. Units.Select(unit => unit.Mildest)]);
    }

    /// <summary>The units.</summary>
    public IReadOnlyList<AllocationUnit> Units { get; }

    /// <summary>Every unit at its fewest bytes: nothing smaller can be expressed.</summary>
    public Allocation Floor { get; }

    /// <summary>Every unit at its least damage: more bytes help nothing.</summary>
    public Allocation Ceiling { get; }

    /// <summary>The allocation of a choice, with its sums.</summary>
    /// <param name="choice">For each unit an index into its options.</param>
    /// <exception cref="ArgumentException">Another number of units.</exception>
    public Allocation With(ImmutableArray<int> choice)
    {
        if (choice.Length != Units.Count)
            throw new ArgumentException($"expected {Units.Count} choices, found {choice.Length}", nameof(choice));
        var (bytes, damage) = (0L, 0.0);
        for (var i = 0; i < choice.Length; i++)
        {
            var option = Units[i].Options[choice[i]];
            bytes += option.Bytes;
            damage += option.Damage;
        }

        return new Allocation(choice, bytes, damage);
    }

    /// <summary>Refuses a budget below <see cref="Floor"/>.</summary>
    internal void RequireBudget(long budget) => ArgumentOutOfRangeException.ThrowIfLessThan(budget, Floor.Bytes);
}
