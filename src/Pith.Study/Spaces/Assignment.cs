using System.Collections.Immutable;

namespace Pith.Studies.Spaces;

/// <summary>A value for every parameter of a space.</summary>
/// <remarks>Immutable, hence thread-safe. Two are equal if their values are.</remarks>
public sealed class Assignment : IEquatable<Assignment>
{
    private readonly int hash;

    /// <summary>Creates an assignment.</summary>
    /// <param name="space">The space.</param>
    /// <param name="values">One for each parameter, as numbers: the index of a choice, an integer, the number itself.</param>
    /// <exception cref="ArgumentException">The count of values, or a value, does not fit the space.</exception>
    public Assignment(SearchSpace space, ImmutableArray<double> values)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (values.Length != space.Parameters.Length)
            throw new ArgumentException($"The space has {space.Parameters.Length} parameters, not {values.Length}.", nameof(values));
        for (var i = 0; i < values.Length; i++)
        {
            if (!space.Parameters[i].Contains(values[i]))
                throw new ArgumentException($"'{space.Parameters[i].Name}' cannot be {values[i]}.", nameof(values));
        }

        Space = space;
        Values = values;
        var hashCode = default(HashCode);
        foreach (var value in values)
            hashCode.Add(value);
        hash = hashCode.ToHashCode();
    }

    /// <summary>The space.</summary>
    public SearchSpace Space { get; }

    /// <summary>One value for each parameter, in the order of the space.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>The value of a parameter for people.</summary>
    public string this[string name] => Space.Parameters[Space.IndexOf(name)].Show(Number(name));

    /// <summary>Makes an assignment of choices; every parameter of the space must be categorical.</summary>
    /// <param name="space">The space.</param>
    /// <param name="choices">One for each parameter, in the order of the space.</param>
    /// <exception cref="ArgumentException">A choice is not one of its parameter.</exception>
    public static Assignment OfChoices(SearchSpace space, IEnumerable<string> choices)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(space, [.. choices.Zip(space.Parameters, (choice, parameter) => (double)((CategoricalParameter)parameter).IndexOf(choice))]);
    }

    /// <summary>The value of an integer parameter, or the index of a choice.</summary>
    public int Integer(string name) => (int)Number(name);

    /// <summary>The value of a parameter as a number.</summary>
    public double Number(string name) => Values[Space.IndexOf(name)];

    /// <inheritdoc/>
    public bool Equals(Assignment? other) => other is not null && hash == other.hash && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Assignment);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", Space.Parameters.Select((parameter, i) => $"{parameter.Name}={parameter.Show(Values[i])}"));
}
