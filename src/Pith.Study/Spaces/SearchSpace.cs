using System.Collections.Immutable;
using Pith.Studies.Samplers;

namespace Pith.Studies.Spaces;

/// <summary>Everything that a study decides: parameters in a fixed order.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
public sealed class SearchSpace : IEquatable<SearchSpace>
{
    private readonly Dictionary<string, int> indices;

    /// <summary>Creates a space.</summary>
    /// <param name="parameters">At least one; names all different.</param>
    /// <exception cref="ArgumentException">A name occurs twice, a parameter has no value, or the bounds do not fit its scale.</exception>
    public SearchSpace(IEnumerable<Parameter> parameters)
    {
        Parameters = [.. parameters];
        ArgumentOutOfRangeException.ThrowIfZero(Parameters.Length, nameof(parameters));
        foreach (var parameter in Parameters)
            Check(parameter);
        if (Parameters.GroupBy(parameter => parameter.Name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new ArgumentException($"Two parameters are called '{twice}'.", nameof(parameters));
        indices = Enumerable.Range(0, Parameters.Length).ToDictionary(i => Parameters[i].Name);
        Groups = [.. Enumerable.Range(0, Parameters.Length).GroupBy(i => Parameters[i].Group).Select(group => group.ToImmutableArray())];
    }

    /// <summary>The parameters, in the order of the values of an <see cref="Assignment"/>.</summary>
    public ImmutableArray<Parameter> Parameters { get; }

    /// <summary>Indices of the parameters of each group, in the order of the groups' first parameters.</summary>
    public ImmutableArray<ImmutableArray<int>> Groups { get; }

    /// <summary>The index of a parameter.</summary>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public int IndexOf(string name) =>
        indices.TryGetValue(name, out var index) ? index : throw new ArgumentException($"The space has no parameter '{name}'.", nameof(name));

    /// <summary>Draws a value for every parameter, independent of each other.</summary>
    public Assignment Draw(TrialRandom random) => new(this, [.. Parameters.Select(parameter => parameter.Draw(random))]);

    /// <inheritdoc/>
    public bool Equals(SearchSpace? other) => other is not null && Parameters.SequenceEqual(other.Parameters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchSpace);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Parameters.Length, Parameters[0]);

    private static void Check(Parameter parameter)
    {
        switch (parameter)
        {
            case CategoricalParameter { Choices: var choices } when choices.Count == 0 || choices.Distinct().Count() < choices.Count:
                throw new ArgumentException($"'{parameter.Name}' needs choices that are all different, not {choices.Count} with {choices.Distinct().Count()} names.");
            case NumericParameter { Lowest: var low, Highest: var high } when !double.IsFinite(low) || !double.IsFinite(high) || high < low:
                throw new ArgumentException($"'{parameter.Name}' needs finite bounds in ascending order.");
            case NumericParameter { IsLogarithmic: true, Lowest: <= 0 }:
                throw new ArgumentException($"'{parameter.Name}' needs a positive lower bound on a logarithmic scale.");
        }
    }
}
