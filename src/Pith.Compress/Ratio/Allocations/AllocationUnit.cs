namespace Pith.Compress.Ratio.Allocations;

/// <summary>Something that is decided as a whole: a layer, one matrix product, or products which must share a format.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class AllocationUnit
{
    /// <summary>Creates a unit.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="options">Its options, in any order; at least one.</param>
    /// <exception cref="ArgumentException">No option, negative bytes, or a damage that is not finite.</exception>
    public AllocationUnit(string name, IEnumerable<UnitOption> options)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Options = [.. options];
        if (Options.Count == 0)
            throw new ArgumentException($"{name}: expected at least one option", nameof(options));
        foreach (var option in Options)
        {
            if (option.Bytes < 0 || !double.IsFinite(option.Damage))
                throw new ArgumentException($"{name}: expected bytes of at least 0 and a finite damage, found {option}", nameof(options));
        }

        Smallest = Best((a, b) => (a.Bytes, a.Damage).CompareTo((b.Bytes, b.Damage)));
        Mildest = Best((a, b) => (a.Damage, a.Bytes).CompareTo((b.Damage, b.Bytes)));
    }

    /// <summary>What to call it.</summary>
    public string Name { get; }

    /// <summary>The options, as they were given: a choice is an index into them.</summary>
    public IReadOnlyList<UnitOption> Options { get; }

    /// <summary>The option of fewest bytes; of equal ones that of least damage.</summary>
    public int Smallest { get; }

    /// <summary>The option of least damage; of equal ones that of fewest bytes.</summary>
    public int Mildest { get; }

    private int Best(Comparison<UnitOption> compare)
    {
        var best = 0;
        for (var i = 1; i < Options.Count; i++)
        {
            if (compare(Options[i], Options[best]) < 0)
                best = i;
        }

        return best;
    }
}
