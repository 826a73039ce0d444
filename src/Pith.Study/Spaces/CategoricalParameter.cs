using Pith.Studies.Samplers;

namespace Pith.Studies.Spaces;

/// <summary>A choice among names without an order.</summary>
/// <param name="Name">Unique within a space.</param>
/// <param name="Choices">At least one; all different.</param>
public sealed record CategoricalParameter(string Name, IReadOnlyList<string> Choices) : Parameter(Name)
{
    /// <inheritdoc/>
    public override bool Contains(double value) => value >= 0 && value < Choices.Count && value == Math.Floor(value);

    /// <inheritdoc/>
    public override string Show(double value) => Choices[(int)value];

    /// <inheritdoc/>
    public override double Draw(TrialRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Below(Choices.Count);
    }

    /// <summary>The index of a choice.</summary>
    /// <exception cref="ArgumentException">There is no such choice.</exception>
    public int IndexOf(string choice)
    {
        for (var i = 0; i < Choices.Count; i++)
        {
            if (Choices[i] == choice)
                return i;
        }

        throw new ArgumentException($"'{Name}' has no choice '{choice}', only {string.Join(", ", Choices)}.", nameof(choice));
    }

    /// <inheritdoc/>
    public bool Equals(CategoricalParameter? other) =>
        other is not null && Name == other.Name && Group == other.Group && Choices.SequenceEqual(other.Choices);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Group, Choices.Count);
}
