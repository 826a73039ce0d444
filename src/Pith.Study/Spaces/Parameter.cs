using Pith.Studies.Samplers;

namespace Pith.Studies.Spaces;

/// <summary>One thing that a study decides.</summary>
/// <remarks>Its values are numbers inside: the index of a choice, an integer, or the number itself. Immutable.</remarks>
/// <param name="Name">Unique within a space.</param>
public abstract record Parameter(string Name)
{
    /// <summary>Parameters of one group are modelled together by samplers that can. Default: a group of its own, the name.</summary>
    public string Group { get; init; } = Name;

    /// <summary>Whether the parameter can have this value.</summary>
    public abstract bool Contains(double value);

    /// <summary>The value for people: the name of the choice, or the number.</summary>
    public abstract string Show(double value);

    /// <summary>Draws a value, each equally likely (on the logarithmic scale where the parameter has one).</summary>
    public abstract double Draw(TrialRandom random);
}
