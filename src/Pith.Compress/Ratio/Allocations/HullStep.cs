namespace Pith.Compress.Ratio.Allocations;

/// <summary>A step of one unit along the lower convex hull of its options: more bytes for less damage.</summary>
/// <param name="Unit">Index of the unit.</param>
/// <param name="To">The option it leads to.</param>
/// <param name="Bytes">Bytes more, &gt; 0.</param>
/// <param name="Gain">Damage less, &gt; 0.</param>
internal readonly record struct HullStep(int Unit, int To, long Bytes, double Gain)
{
    /// <summary>The exchange rate: damage less for each byte more.</summary>
    public double Rate => Gain / Bytes;

    /// <summary>The steps of one unit, from the option of fewest bytes to that of least damage; their rates fall.</summary>
    public static List<HullStep> Of(AllocationUnit unit, int index)
    {
        List<int> hull = [unit.Smallest];
        foreach (var next in Enumerable.Range(0, unit.Options.Count).OrderBy(i => unit.Options[i].Bytes).ThenBy(i => unit.Options[i].Damage))
        {
            if (unit.Options[next].Damage >= unit.Options[hull[^1]].Damage)
                continue;

            // A corner above the line from its predecessor to the new option is not on the hull.
            while (hull.Count > 1 && Between(unit, index, hull[^1], next).Rate >= Between(unit, index, hull[^2], hull[^1]).Rate)
                hull.RemoveAt(hull.Count - 1);
            hull.Add(next);
        }

        return [.. hull.Skip(1).Zip(hull, (to, from) => Between(unit, index, from, to))];
    }

    private static HullStep Between(AllocationUnit unit, int index, int from, int to) => new(
        index, to, unit.Options[to].Bytes - unit.Options[from].Bytes, unit.Options[from].Damage - unit.Options[to].Damage);
}
